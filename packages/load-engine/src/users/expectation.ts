/** Which statuses count as a success: any 2xx, unless the caller says otherwise. */

/** A status, several, or a question answered by code. */
export type Expectation = number | readonly number[] | ((status: number) => boolean);

const ALL_2XX = Array.from({ length: 100 }, (_, index) => 200 + index);
const STATUS_COUNT = 1000;

/** A table by status, 1 for a success: one read per request on the hot path. */
export function toStatusTable(statuses: readonly number[] = ALL_2XX): Uint8Array {
  const table = new Uint8Array(STATUS_COUNT);
  for (const status of statuses) table[assertStatus(status)] = 1;
  return table;
}

export function isExpected(status: number, expectation: Expectation | undefined): boolean {
  if (expectation === undefined) return status >= 200 && status <= 299;
  if (typeof expectation === 'function') return expectation(status);
  return typeof expectation === 'number' ? status === expectation : expectation.includes(status);
}

/** Reads `200,304` and `2xx,404`; throws a RangeError that names the accepted spellings. */
export function parseStatuses(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const word = part.trim().toLowerCase();
    if (/^[1-5]xx$/.test(word)) return ALL_2XX.map((status) => status - 200 + Number(word[0]) * 100);
    if (/^[1-9]\d\d$/.test(word)) return [Number(word)];
    throw new RangeError(`expected statuses such as 2xx or 200,304, got "${text}"`);
  });
}

function assertStatus(status: number): number {
  if (Number.isInteger(status) && status >= 100 && status < STATUS_COUNT) return status;
  throw new RangeError(`expected a status from 100 to 999, got ${String(status)}`);
}
