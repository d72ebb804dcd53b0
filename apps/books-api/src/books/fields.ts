// The rules of a book's fields. The first field that breaks one, in the documented order, names the error.
import { type Body, badRequest, isAbsent, parseBody } from '../fields/body.ts';
import { parseId, parseInteger } from '../fields/integer.ts';
import { assertFits, parseText } from '../fields/text.ts';

export interface NewBook {
  readonly id: number;
  readonly title: string;
  readonly authorId: number;
  readonly isbn: string | null;
  readonly publishedYear: number | null;
  readonly genres: readonly string[];
}

/** What is absent stays as it is. */
export type BookPatch = { readonly [Field in Exclude<keyof NewBook, 'id'>]?: NonNullable<NewBook[Field]> };

const MAX_TITLE = 255;
const MAX_ISBN = 20;
const MAX_GENRE = 100;
/** Beyond the documents: one request may not make rows without end. */
const MAX_GENRES = 1000;
const FIRST_YEAR = 1000;

export function parseNewBook(raw: unknown): NewBook {
  const body = parseBody(raw);
  return {
    id: parseId(body, 'id'),
    title: parseText(body, 'title', MAX_TITLE),
    authorId: parseId(body, 'author_id'),
    isbn: isAbsent(body, 'isbn') ? null : parseIsbn(body),
    publishedYear: isAbsent(body, 'published_year') ? null : parseYear(body),
    // Here, unlike elsewhere, null is not absent but a wrong list.
    genres: body.genres === undefined ? [] : parseGenres(body),
  };
}

export function parseBookPatch(raw: unknown): BookPatch {
  const body = parseBody(raw);
  const patch: BookPatch = {
    ...(!isAbsent(body, 'title') && { title: parseText(body, 'title', MAX_TITLE) }),
    ...(!isAbsent(body, 'author_id') && { authorId: parseId(body, 'author_id') }),
    ...(!isAbsent(body, 'isbn') && { isbn: parseIsbn(body) }),
    ...(!isAbsent(body, 'published_year') && { publishedYear: parseYear(body) }),
    ...(!isAbsent(body, 'genres') && { genres: parseGenres(body) }),
  };
  if (Object.keys(patch).length === 0) throw badRequest('At least one field must be provided for update');
  return patch;
}

/** Ten or thirteen digits, the tenth also an X; no check digit is checked. Stored as it was sent. */
function parseIsbn(body: Body): string {
  const { isbn } = body;
  if (typeof isbn !== 'string') throw badRequest("Field 'isbn' must be a string");
  if (!/^(?:\d{9}[\dXx]|\d{13})$/.test(isbn.replaceAll(/[- ]/g, ''))) {
    throw badRequest("Field 'isbn' must be a valid ISBN-10 or ISBN-13 format");
  }
  assertFits("Field 'isbn'", isbn, MAX_ISBN);
  return isbn;
}

function parseYear(body: Body): number {
  const year = parseInteger(body, 'published_year');
  const lastYear = new Date().getUTCFullYear() + 1;
  if (year < FIRST_YEAR || year > lastYear) {
    throw badRequest(`Field 'published_year' must be between ${FIRST_YEAR} and ${lastYear}`);
  }
  return year;
}

/** Trimmed and without repetitions, in the order sent. */
function parseGenres(body: Body): string[] {
  const { genres } = body;
  if (!Array.isArray(genres)) throw badRequest("Field 'genres' must be a list");
  if (genres.length > MAX_GENRES) throw badRequest(`Field 'genres' must not exceed ${MAX_GENRES} items`);
  return [...new Set(genres.map(parseGenre))];
}

function parseGenre(genre: unknown): string {
  if (typeof genre !== 'string' || genre.trim() === '') {
    throw badRequest('Each genre must be a non-empty string');
  }
  assertFits('Each genre', genre, MAX_GENRE);
  return genre.trim();
}
