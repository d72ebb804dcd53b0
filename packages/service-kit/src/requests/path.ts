/** The path of a request target, without the query, which may hold tokens. */

const MAX_LOGGED_LENGTH = 1024;

export function toPath(url = ''): string {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  return path.length <= MAX_LOGGED_LENGTH ? path : `${path.slice(0, MAX_LOGGED_LENGTH)}…`;
}
