// What a store that says nothing must not hold up.

/** Rejects when the work takes longer, and lets it go on unheard. */
export async function within<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
  work.catch(() => {});
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`There was no answer within ${timeoutMs} ms.`)), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
