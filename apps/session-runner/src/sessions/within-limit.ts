/** Waiting that ends. */
import { setTimeout as wait } from 'node:timers/promises';

/** Waits for the work, but no longer than `limitMs`; the work goes on by itself then. */
export async function withinLimit(work: Promise<unknown>, limitMs: number): Promise<void> {
  const cancel = new AbortController();
  const limit = wait(limitMs, undefined, { signal: cancel.signal }).catch(() => {});
  await Promise.race([work, limit]);
  cancel.abort();
}
