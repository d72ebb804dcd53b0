// When this process is to end: by a signal, or because whoever started it is gone.

const FORCE_AFTER_MS = 500;

/**
 * An AbortSignal that aborts at the first SIGINT, SIGTERM or SIGHUP, or when the channel to the bootstrap closes. A
 * second signal calls `force`; one that follows at once does not, since npm passes on what the terminal has sent too.
 */
export function listenForTheEnd(force: () => void): AbortSignal {
  const controller = new AbortController();
  let askedAt = 0;
  const end = (reason: string) => {
    if (controller.signal.aborted) return;
    askedAt = performance.now();
    controller.abort(reason);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (controller.signal.aborted && performance.now() - askedAt > FORCE_AFTER_MS) force();
      end(signal);
    });
  }
  // No second of anything: we close this channel ourselves when all is done.
  if (process.send !== undefined) process.once('disconnect', () => end('disconnect'));
  return controller.signal;
}

/** Settles when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
