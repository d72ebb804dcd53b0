// Books by keyset, page after page: no cursor and no transaction stays open between two pages.
import type { HotReads } from '../hot-reads.ts';
import type { Row } from './row-list.ts';

/** Below the smallest integer that an id can be. */
const BEFORE_ALL = -(2 ** 31) - 1;
const FIRST_LIMIT = 100;
const MAX_LIMIT = 2000;
const PAGE_BYTES = 1024 * 1024;

/** Reads all books, or those of one author. Pages adapt to the size of the books: about 1 MiB each. */
export async function* readPages(reads: HotReads, authorId: number | null): AsyncGenerator<Row[]> {
  let after = BEFORE_ALL;
  let limit = FIRST_LIMIT;
  for (;;) {
    const page = await reads.readPage({ after, limit, authorId });
    const last = page.at(-1);
    if (last) yield page;
    if (!last || page.length < limit) return;
    after = last.id;
    limit = nextLimit(page);
  }
}

function nextLimit(page: readonly Row[]): number {
  const characters = page.reduce((sum, { json }) => sum + json.length, 0);
  return Math.max(
    1,
    Math.min(MAX_LIMIT, page.length * 10, Math.floor((PAGE_BYTES * page.length) / characters)),
  );
}
