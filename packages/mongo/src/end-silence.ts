// The last bound of an operation, for what the driver's own time limits do not see.

/** An operation of which nothing was heard; `isMongoUnavailable` knows it. */
class MongoSilenceError extends Error {
  override readonly name = 'MongoSilenceError';
}

/**
 * Runs an operation, and rejects when it has not ended after `limitMs`.
 *
 * The driver (7.8, `Connection.writeCommand`) writes to the socket and, where that returns false, waits for `drain` or
 * `error`. A socket that was destroyed a moment before returns false and emits neither: whoever is given that
 * connection while its server is being killed would wait for ever.
 */
export async function endSilence<Result>(work: () => Promise<Result>, limitMs: number): Promise<Result> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new MongoSilenceError(`MongoDB did not answer within ${limitMs} ms.`)),
    limitMs,
  );
  try {
    return await Promise.race([work(), silence]);
  } finally {
    clearTimeout(timer);
  }
}
