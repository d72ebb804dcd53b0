/** Small helpers of the document that wait and measure. Times come from the monotonic clock. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Seconds after which it gives up (default 30). */
  readonly timeout?: number | undefined;
  /** Seconds between two looks (default 1). */
  readonly checkInterval?: number | undefined;
}

/**
 * Whether the condition came true in time. It is asked at once, and then in intervals, of which the last one ends with
 * the timeout; what it throws is thrown on.
 */
export async function waitForCondition(
  isMet: () => boolean | Promise<boolean>,
  { timeout = 30, checkInterval = 1 }: WaitOptions = {},
): Promise<boolean> {
  assertAmount('timeout', timeout);
  assertAmount('checkInterval', checkInterval);
  const endsAt = performance.now() + timeout * 1000;
  while (!(await isMet())) {
    const leftMs = endsAt - performance.now();
    if (leftMs <= 0) return false;
    await sleep(Math.min(leftMs, checkInterval * 1000));
  }
  return true;
}

/** Waits a random whole number of milliseconds, both ends included; it returns how many. */
export async function randomDelay(minMs: number, maxMs: number): Promise<number> {
  assertAmount('minMs', minMs);
  assertAmount('maxMs', maxMs);
  if (maxMs < minMs) throw new RangeError(`expected maxMs to be at least ${minMs}, got ${maxMs}`);
  const delayMs = minMs + Math.floor(Math.random() * (maxMs - minMs + 1));
  await sleep(delayMs);
  return delayMs;
}

/** What the function returned (or resolved with), and how many milliseconds it took. */
export async function measureTime<T>(run: () => T): Promise<[result: Awaited<T>, milliseconds: number]> {
  const startedAt = performance.now();
  const result = await run();
  return [result, performance.now() - startedAt];
}

function assertAmount(name: string, value: number): void {
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return;
  throw new RangeError(`expected ${name} to be a number of 0 or more, got ${String(value)}`);
}
