/** Waiting that ends. */

/** Waits for the work, but no longer than `limitMs`; the work goes on by itself then. True if it was over in time. */
export async function withinLimit(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  const { promise: limit, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, limitMs, false as const);
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}
