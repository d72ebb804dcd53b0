// The hot reads: a book by its id, and pages of books, each one named `pg` statement.
import type pg from 'pg';
import { createTurnBatch } from '../reads/turn-batch.ts';
import type { Row } from './list/row-list.ts';
import { BOOKS_BY_IDS, type HotStatement, PAGE_OF_AUTHOR, PAGE_OF_BOOKS } from './statements.ts';

export interface PageRequest {
  /** The page begins after this id. */
  readonly after: number;
  readonly limit: number;
  readonly authorId: number | null;
}

export interface HotReads {
  /** Finds the JSON text of a book, or undefined. Reads of one turn of the event loop share a query. */
  findBook(id: number): Promise<string | undefined>;
  /** Books in the order of their ids. */
  readPage(request: PageRequest): Promise<Row[]>;
}

export function createHotReads(pool: pg.Pool): HotReads {
  const query = async (statement: HotStatement, values: unknown[]) =>
    (await pool.query<[number, string]>({ ...statement, values, rowMode: 'array' })).rows;

  return {
    findBook: createTurnBatch(async (ids: readonly number[]) => new Map(await query(BOOKS_BY_IDS, [ids]))),
    async readPage({ after, limit, authorId }) {
      const rows =
        authorId === null
          ? await query(PAGE_OF_BOOKS, [after, limit])
          : await query(PAGE_OF_AUTHOR, [after, limit, authorId]);
      return rows.map(([id, json]) => ({ id, json }));
    },
  };
}
