/** Waiting that ends. */
import { setTimeout as wait } from 'node:timers/promises';

/** Waits for the work, but no longer than `limitMs`; the work goes on by itself then. True if it was over in time. */
export async function withinLimit(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const cancel = new AbortController();
  const limit = wait(limitMs, false, { signal: cancel.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    cancel.abort();
  }
}
