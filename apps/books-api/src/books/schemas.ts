// What a book looks like on the wire, for the OpenAPI document; `fields.ts` holds the rules.
import { type Static, Type } from 'typebox';
import { MAX_ID } from '../fields/integer.ts';

const id = Type.Integer({ minimum: 1, maximum: MAX_ID });
const isbn = Type.String({ maxLength: 20, description: 'ISBN-10 or ISBN-13; hyphens and spaces are kept.' });
const year = Type.Integer({ minimum: 1000, description: 'At most the next year.' });
const genre = Type.String({ minLength: 1, maxLength: 100 });
const orNull = <T extends ReturnType<typeof Type.String | typeof Type.Integer>>(schema: T) =>
  Type.Unsafe<Static<T> | null>({ ...schema, nullable: true });

export const Book = Type.Object(
  {
    id: Type.Integer(),
    title: Type.String(),
    author_id: Type.Integer(),
    isbn: orNull(Type.String()),
    published_year: orNull(Type.Integer()),
    created_at: orNull(Type.String({ format: 'date-time' })),
    genres: Type.Array(Type.String()),
  },
  { $id: 'Book' },
);

export const BookCreate = Type.Object(
  {
    id,
    title: Type.String({ minLength: 1, maxLength: 255 }),
    author_id: id,
    isbn: Type.Optional(orNull(isbn)),
    published_year: Type.Optional(orNull(year)),
    genres: Type.Optional(Type.Array(genre)),
  },
  { $id: 'BookCreate' },
);

export const BookUpdate = Type.Object(
  {
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
    author_id: Type.Optional(id),
    isbn: Type.Optional(orNull(isbn)),
    published_year: Type.Optional(orNull(year)),
    genres: Type.Optional(Type.Array(genre)),
  },
  { $id: 'BookUpdate' },
);
