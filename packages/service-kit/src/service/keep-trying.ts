/** Work that has to be done once, as soon as the store for it is there. */
import { setTimeout as wait } from 'node:timers/promises';

const PAUSE_MS = 1000;

/** Tries until it succeeds or is stopped. `onFirstError` is told once, however often it fails. */
export function keepTrying(
  work: () => Promise<void>,
  onFirstError: (error: unknown) => void,
): { readonly done: Promise<void>; stop(): void } {
  const stopping = new AbortController();
  return { done: tryUntil(work, onFirstError, stopping.signal), stop: () => stopping.abort() };
}

async function tryUntil(
  work: () => Promise<void>,
  onFirstError: (error: unknown) => void,
  stopping: AbortSignal,
): Promise<void> {
  let isFirst = true;
  while (!stopping.aborted) {
    try {
      await work();
      return;
    } catch (error) {
      if (isFirst && !stopping.aborted) onFirstError(error);
      isFirst = false;
    }
    await wait(PAUSE_MS, undefined, { signal: stopping }).catch(() => {});
  }
}
