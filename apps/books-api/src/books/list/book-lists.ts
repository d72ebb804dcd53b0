// The lists that readers ask for: the whole one, and the authors' that were read last.
import type { HotReads } from '../hot-reads.ts';
import type { ChangeFeed } from './change-feed.ts';
import { createLiveList, type LiveList } from './live-list.ts';
import { readPages } from './pages.ts';
import type { Row, RowList } from './row-list.ts';

export interface BookLists {
  /** The list as bytes, or null when it is too long to be kept in memory: then stream its pages. */
  read(authorId: number | null): Promise<RowList | null>;
  /** The rows in pages that are never all in memory. */
  readPages(authorId: number | null): AsyncIterable<readonly Row[]>;
}

export interface BookListsOptions {
  readonly reads: HotReads;
  readonly feed: ChangeFeed;
  /** A list above this size is streamed. */
  readonly maxListBytes: number;
}

const MAX_LISTS = 64;
/** All lists together may take this many times the size of the longest. */
const MAX_TOTAL_FACTOR = 2;

export function createBookLists({ reads, feed, maxListBytes }: BookListsOptions): BookLists {
  /** The list read last stands last. */
  const lists = new Map<number | null, LiveList>();

  function findList(authorId: number | null): LiveList {
    const list = lists.get(authorId) ?? createLiveList({ reads, feed, authorId, maxBytes: maxListBytes });
    lists.delete(authorId);
    lists.set(authorId, list);
    return list;
  }

  function dropOldLists(): void {
    let total = [...lists.values()].reduce((sum, list) => sum + list.byteLength, 0);
    for (const [authorId, list] of lists) {
      if (lists.size <= MAX_LISTS && total <= MAX_TOTAL_FACTOR * maxListBytes) return;
      lists.delete(authorId);
      total -= list.byteLength;
    }
  }

  return {
    async read(authorId) {
      const rows = await findList(authorId).read();
      dropOldLists();
      return rows;
    },
    async *readPages(authorId) {
      let bytes = 2;
      for await (const page of readPages(reads, authorId)) {
        bytes += page.reduce((sum, { json }) => sum + Buffer.byteLength(json) + 1, 0);
        yield page;
      }
      lists.get(authorId)?.noteStreamed(bytes);
    },
  };
}
