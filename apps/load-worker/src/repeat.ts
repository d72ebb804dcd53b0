// Work that is done again and again until it is stopped, one at a time, and sooner when somebody asks.
import { setTimeout as wait } from 'node:timers/promises';

export interface Repeated {
  /** Does it now, or at once after what is being done now. */
  wake(): void;
  /** Resolves when nothing of it is under way any more. */
  stop(): Promise<void>;
}

/** Begins at once. `pauseMs` is asked after each time; an error ends nothing: `onError` is told. */
export function repeat(
  work: () => Promise<void>,
  pauseMs: () => number,
  onError: (error: unknown) => void,
): Repeated {
  const stopping = new AbortController();
  let waking = new AbortController();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      // Whoever wakes it from here on wants what this time may have missed.
      waking = new AbortController();
      await work().catch(onError);
      const signal = AbortSignal.any([stopping.signal, waking.signal]);
      await wait(pauseMs(), undefined, { signal }).catch(() => {});
    }
  }

  const done = run();
  return {
    wake: () => waking.abort(),
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
