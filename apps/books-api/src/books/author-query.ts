// `?author_id=` of GET /books.
import { badRequest } from '../fields/body.ts';
import { MAX_ID } from '../fields/integer.ts';

/** Which list is asked for: all books, those of an author, or those of an author that cannot exist. */
export type AuthorFilter = { kind: 'all' } | { kind: 'author'; id: number } | { kind: 'nobody' };

export function parseAuthorFilter(query: unknown): AuthorFilter {
  const value = (query as Readonly<Record<string, unknown>>).author_id;
  if (value === undefined) return { kind: 'all' };
  // A repeated key is a list, and no integer.
  if (typeof value !== 'string' || !/^\s*[+-]?\d+\s*$/.test(value)) {
    throw badRequest("Query parameter 'author_id' must be an integer");
  }
  const id = Number(value);
  return Math.abs(id) <= MAX_ID ? { kind: 'author', id } : { kind: 'nobody' };
}
