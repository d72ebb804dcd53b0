/**
 * The group that scenario code is in. It belongs to the flow of the code, not to the user, so that groups that run at
 * the same time are told apart; who opens none pays nothing for it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const paths = new AsyncLocalStorage<string>();
/** As k6 writes the path of nested groups. */
const SEPARATOR = '::';

/** `outer::inner`; undefined outside of all groups. */
export function currentGroup(): string | undefined {
  return paths.getStore();
}

/** Runs code in a group, inside of the one that it is opened in. */
export function runInGroup<T>(name: string, run: () => T): T {
  const outer = currentGroup();
  return paths.run(outer === undefined ? name : outer + SEPARATOR + name, run);
}
