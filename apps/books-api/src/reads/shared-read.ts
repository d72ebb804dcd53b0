// Equal reads that are asked for at the same time, answered by one run.

/**
 * Creates a function that shares the runs of `read` among its callers. A caller never joins a run that has started
 * already, since that may have read before a write that the caller knows of: it joins the next one.
 */
export function createSharedRead<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;

  async function runNext(): Promise<T> {
    // Whoever waits for the run that failed has been told; the next one is a new attempt.
    await running.catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    next = undefined;
    const run = read();
    running = run;
    return run;
  }

  return () => {
    next ??= runNext();
    return next;
  };
}
