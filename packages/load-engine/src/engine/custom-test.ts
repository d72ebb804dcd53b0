/** Users that repeat a function of the caller's, on the caller's event loop. */
import { setTimeout as wait } from 'node:timers/promises';
import { toMessage } from '../errors.ts';

export interface CustomTestOptions {
  /** Who repeats it at once (default 10). */
  readonly users?: number | undefined;
  /** In seconds (default 60); calls under way then have five more. */
  readonly duration?: number | undefined;
  /** Hears of each different sentence once (default: a line on stderr). */
  readonly onError?: ((sentence: string) => void) | undefined;
}

/** Between two calls of a user. */
const PAUSE_MS = 100;
const GRACE_MS = 5000;

/** Settles when every user has ended, or the grace is over. `count` hears of each exception. */
export async function repeatPerUser(
  run: (userId: number) => unknown,
  { users = 10, duration = 60, onError = printError }: CustomTestOptions,
  count: (sentence: string) => void,
): Promise<void> {
  const endAt = performance.now() + duration * 1000;
  const told = new Set<string>();
  const report = (thrown: unknown): void => {
    const sentence = toMessage(thrown);
    count(sentence);
    if (told.has(sentence)) return;
    told.add(sentence);
    onError(sentence);
  };
  const live = async (userId: number): Promise<void> => {
    while (performance.now() < endAt) {
      try {
        await run(userId);
      } catch (thrown) {
        report(thrown);
      }
      await wait(Math.max(0, Math.min(PAUSE_MS, endAt - performance.now())));
    }
  };
  const giveUp = new AbortController();
  const all = Promise.all(Array.from({ length: users }, (_, userId) => live(userId)));
  const grace = wait(duration * 1000 + GRACE_MS, undefined, { signal: giveUp.signal }).catch(() => {});
  await Promise.race([all, grace]);
  giveUp.abort();
}

function printError(sentence: string): void {
  process.stderr.write(`loadspiker: the custom test threw: ${sentence}\n`);
}
