/** Tags are kept in alphabetical order, so that equal tags are equal texts. */
import type { Tags } from './step-recorder.ts';

/** Both together; where they name the same tag, the later one says its value. */
export function combineTags(first: Tags, second: Tags | undefined): Tags {
  if (second === undefined) return first;
  const all = Object.entries({ ...first, ...second }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(all.sort(([left], [right]) => (left < right ? -1 : 1)));
}
