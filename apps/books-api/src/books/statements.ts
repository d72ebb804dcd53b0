// The statements of the hot reads. PostgreSQL makes each book's JSON, and we carry that text to the wire.

/** The documented Book of the row `b`, without spaces, its fields in the documented order. */
const BOOK_JSON = `row_to_json((SELECT book FROM (SELECT
    b.id, b.title, b.author_id, b.isbn, b.published_year,
    to_char(b.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
    ARRAY(SELECT g.name FROM book_genre bg JOIN genres g ON g.id = bg.genre_id
      WHERE bg.book_id = b.id ORDER BY bg.position, bg.genre_id) AS genres
  ) AS book))::text`;

export interface HotStatement {
  /** Each connection prepares it once under this name. */
  readonly name: string;
  readonly text: string;
}

/** Rows of (id, json). */
export const BOOKS_BY_IDS: HotStatement = {
  name: 'books-by-ids',
  text: `SELECT b.id, ${BOOK_JSON} FROM books b WHERE b.id = ANY($1::int[])`,
};

/** At most $2 rows of (id, json) after the id $1. */
export const PAGE_OF_BOOKS: HotStatement = {
  name: 'page-of-books',
  text: `SELECT b.id, ${BOOK_JSON} FROM books b WHERE b.id > $1::bigint ORDER BY b.id LIMIT $2::int`,
};

/** The same for the author $3. */
export const PAGE_OF_AUTHOR: HotStatement = {
  name: 'page-of-author',
  text: `SELECT b.id, ${BOOK_JSON} FROM books b
    WHERE b.author_id = $3::int AND b.id > $1::bigint ORDER BY b.author_id, b.id LIMIT $2::int`,
};

export const CURRENT_SNAPSHOT = 'SELECT pg_current_snapshot()::text';

/**
 * What was committed since the snapshot $1, as rows of (snapshot, entries, touched, id, author_id, json). `snapshot`
 * is the one up to which the answer tells, and `entries` how many entries it looked at, at most $2: an answer with
 * $2 entries may be incomplete. `touched` is null in the only row of an answer without changes; a null id says that
 * any book may have changed; null json, that the book is gone.
 */
export const BOOKS_CHANGED: HotStatement = {
  name: 'books-changed',
  text: `WITH since AS MATERIALIZED (
      SELECT book_id FROM book_changes
      WHERE transaction >= pg_snapshot_xmin($1::pg_snapshot)
        AND NOT pg_visible_in_snapshot(transaction, $1::pg_snapshot)
      ORDER BY transaction LIMIT $2::int)
    SELECT pg_current_snapshot()::text, (SELECT count(*)::int FROM since), c.touched, c.book_id, b.author_id, b.json
    FROM (SELECT) AS told
    LEFT JOIN (SELECT DISTINCT book_id, true AS touched FROM since) AS c ON true
    LEFT JOIN LATERAL (SELECT b.author_id, ${BOOK_JSON} AS json FROM books b WHERE b.id = c.book_id) AS b ON true`,
};

/** Forgets the changes of transactions before $1. */
export const FORGET_CHANGES = 'DELETE FROM book_changes WHERE transaction < $1::text::xid8';
