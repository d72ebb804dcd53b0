/**
 * The name of a step that the scenario did not name: method and path, with ids folded into `{id}`, since a step for each
 * of a million books says nothing and fills the memory.
 */

const DIGITS = '\\d+';
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Hashes, ObjectIds and the like; one digit at least, since words may be of the letters a to f. */
const LONG_HEX = '(?=[a-f]*\\d)[0-9a-f]{16,}';
/** Crockford's alphabet, of which the first character keeps within 128 bits. */
const ULID = '[0-7][0-9a-hjkmnp-tv-z]{25}';
/** An id may have an ending, as in `/files/123.json`. */
const ID = new RegExp(`^(?:${DIGITS}|${UUID}|${LONG_HEX}|${ULID})(\\.[a-z][a-z0-9]{0,9})?$`, 'i');
/** Scheme, name and password, host, path; query and fragment fall off. */
const URL_PARTS = /^(https?:\/\/)?(?:[^/?#]*@)?([^?#]*)/i;

/** `GET /books/123?full=1` is `GET /books/{id}`; with `foldIds` false only the query falls off. */
export function toStepName(method: string, path: string, foldIds: boolean): string {
  const [, scheme = '', rest = ''] = URL_PARTS.exec(path) ?? [];
  if (!foldIds) return `${method} ${scheme}${rest}`;
  const [host = '', ...segments] = rest.split('/');
  return `${method} ${scheme}${[host, ...segments.map(fold)].join('/')}`;
}

function fold(segment: string): string {
  return segment.replace(ID, (_, ending: string | undefined) => `{id}${ending ?? ''}`);
}
