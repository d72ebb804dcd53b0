/** Paths with a slash too many at their end, which some frameworks redirect to the one without. */
import type { RouteTable } from './route-table.ts';

/**
 * The target without the slashes at the end of its path, query kept; null when there are none, or when nothing is there
 * either. It begins with exactly one slash: no browser takes it for another host, as it would `//evil.example`.
 */
export function findUnslashed(target: string, routes: RouteTable): string | null {
  const [path = ''] = target.split('?', 1);
  const unslashed = cutSlashes(path);
  if (unslashed === path || !/^\/[^/\\]/.test(unslashed)) return null;
  return routes.findMethods(unslashed).length === 0 ? null : unslashed + target.slice(path.length);
}

/** By hand: a pattern would try each of a thousand slashes as the first one. */
function cutSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end--;
  return path.slice(0, end);
}
