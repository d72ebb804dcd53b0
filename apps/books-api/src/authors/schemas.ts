// What an author looks like on the wire, for the OpenAPI document.
import { Type } from 'typebox';
import { MAX_ID } from '../fields/integer.ts';

export const Author = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    bio: Type.Unsafe<string | null>({ type: 'string', nullable: true }),
    country: Type.Unsafe<string | null>({ type: 'string', nullable: true }),
  },
  { $id: 'Author' },
);

export const AuthorCreate = Type.Object(
  {
    id: Type.Integer({ minimum: 1, maximum: MAX_ID }),
    name: Type.String({ minLength: 1, maxLength: 255 }),
    bio: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    country: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  },
  { $id: 'AuthorCreate' },
);
