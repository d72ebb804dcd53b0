// Tells which books were touched since a snapshot of PostgreSQL, by whichever process.
import type pg from 'pg';
import { createSession } from '../../stores/session.ts';
import { BOOKS_CHANGED, CURRENT_SNAPSHOT, FORGET_CHANGES } from '../statements.ts';

/** A moment in the database: all that is visible in `snapshot`, as seen through one connection. */
export interface Moment {
  readonly snapshot: string;
  readonly connection: number;
}

export interface BookChange {
  readonly id: number;
  readonly authorId: number | null;
  /** Null: there is no such book now. */
  readonly json: string | null;
}

export interface ChangeFeed {
  now(): Promise<Moment>;
  /** What was committed between the moment and now; null when that cannot be told book by book. */
  changesSince(moment: Moment): Promise<{ moment: Moment; changes: BookChange[] } | null>;
  close(): void;
}

/** As many entries as are read at once: beyond that, reading the list anew is no dearer. */
const MAX_ENTRIES = 2000;
/** How many transactions back changes are remembered; a list that is older is read anew. */
const REMEMBERED = 20_000n;

/**
 * Creates a feed on a connection of its own. Snapshots are only comparable while the server lives: after a crash
 * numbers of transactions may be used again, and another server may stand behind the URL. So a moment holds for the
 * connection that it was told on, which ends with the server.
 */
export function createChangeFeed(pool: pg.Pool, onError: (error: unknown) => void): ChangeFeed {
  const session = createSession(pool);
  let forgottenBefore = 0n;

  /** Deletes what no list of any process needs any more: `isForgotten` has those lists read anew. */
  function forgetOldChanges(snapshot: string): void {
    const before = oldestOf(snapshot) - REMEMBERED;
    if (before < forgottenBefore + REMEMBERED / 2n) return;
    forgottenBefore = before;
    pool.query(FORGET_CHANGES, [String(before)]).catch(onError);
  }

  return {
    async now() {
      const { rows, connection } = await session.query({ text: CURRENT_SNAPSHOT, rowMode: 'array' });
      return { snapshot: String(rows[0]?.[0]), connection };
    },

    async changesSince(moment) {
      const values = [moment.snapshot, MAX_ENTRIES];
      const { rows, connection } = await session.query({ ...BOOKS_CHANGED, values, rowMode: 'array' });
      const [snapshot, entries] = [String(rows[0]?.[0]), Number(rows[0]?.[1])];
      if (connection !== moment.connection || entries === MAX_ENTRIES) return null;
      if (isForgotten(moment.snapshot, snapshot)) return null;
      forgetOldChanges(snapshot);
      const touched = rows.filter((row) => row[2] === true);
      if (touched.some((row) => row[3] === null)) return null;
      return { moment: { snapshot, connection }, changes: touched.map(toChange) };
    },

    close: session.close,
  };
}

function toChange([, , , id, authorId, json]: unknown[]): BookChange {
  return { id: Number(id), authorId: authorId as number | null, json: json as string | null };
}

/** The changes of a transaction are deleted once it is REMEMBERED transactions older than any open one. */
function isForgotten(then: string, now: string): boolean {
  return oldestOf(then) < oldestOf(now) - REMEMBERED;
}

/** The oldest transaction that was still open, the first number of `xmin:xmax:list`. */
function oldestOf(snapshot: string): bigint {
  return BigInt(snapshot.split(':', 1)[0] ?? 0);
}
