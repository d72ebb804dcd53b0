// What every message of the benchmark carries: when it was sent, by a clock that all processes of a machine share.

const AT = '{"at":';
const FILL = 'x'.repeat(64);

/** Microseconds since some moment of the past. */
export function readClockUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + Math.round(nanoseconds / 1e3);
}

/** JSON of some 100 bytes. */
export function toPayload(atUs: number): string {
  return `${AT}${atUs},"text":"${FILL}"}`;
}

/** Null when there is no payload in it. */
export function findSentAtUs(message: string): number | null {
  const start = message.indexOf(AT);
  return start < 0 ? null : Number.parseInt(message.slice(start + AT.length, start + AT.length + 20), 10);
}
