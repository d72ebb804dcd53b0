// One list of books (all, or an author's) that is kept in memory and brought up to date for each round of readers.
import { isUnavailable } from '@trafficflux/postgres';
import { createSharedRead } from '../../reads/shared-read.ts';
import type { HotReads } from '../hot-reads.ts';
import type { BookChange, ChangeFeed, Moment } from './change-feed.ts';
import { readPages } from './pages.ts';
import { RowList } from './row-list.ts';

export interface LiveList {
  /**
   * The list with every write that was committed before the call. Null: it is too long to be kept; its pages
   * must be streamed, and `noteStreamed` told how long it was.
   */
  read(): Promise<RowList | null>;
  noteStreamed(byteLength: number): void;
  readonly byteLength: number;
}

export interface LiveListOptions {
  readonly reads: HotReads;
  readonly feed: ChangeFeed;
  readonly authorId: number | null;
  readonly maxBytes: number;
}

interface Version {
  readonly rows: RowList;
  readonly moment: Moment;
}

export function createLiveList({ reads, feed, authorId, maxBytes }: LiveListOptions): LiveList {
  let version: Version | null = null;
  let isLong = false;

  async function renew(): Promise<RowList | null> {
    if (isLong) return null;
    version = (version && (await advance(version))) ?? (await load());
    if (version && version.rows.byteLength > maxBytes) version = null;
    isLong = version === null;
    return version?.rows ?? null;
  }

  async function advance({ rows, moment }: Version): Promise<Version | null> {
    const told = await feed.changesSince(moment);
    if (!told) return null;
    if (told.changes.length === 0) return { rows, moment: told.moment };
    return { rows: rows.withChanges(told.changes.map(toRowChange)), moment: told.moment };
  }

  /** Pages may show more than the moment before them: the next `advance` applies that again, to the same end. */
  async function load(): Promise<Version | null> {
    const moment = await feed.now();
    let rows = RowList.empty;
    for await (const page of readPages(reads, authorId)) {
      rows = rows.withPage(page);
      if (rows.byteLength > maxBytes) return null;
    }
    return { rows, moment };
  }

  function toRowChange({ id, authorId: author, json }: BookChange) {
    return { id, json: authorId === null || author === authorId ? json : null };
  }

  return {
    read: createSharedRead(() => retryOnce(renew)),
    noteStreamed(byteLength) {
      if (byteLength <= maxBytes) isLong = false;
    },
    get byteLength() {
      return version?.rows.byteLength ?? 0;
    },
  };
}

/** A connection may have died since the last read, while the server is there again. */
async function retryOnce<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return read();
  }
}
