// Users on the wire, for the OpenAPI document; the rules stand in `fields.ts`.
import { MAX_NAME_LENGTH } from '@trafficflux/accounts';
import { Type } from 'typebox';

const FullName = Type.Unsafe<string | null>({ type: 'string', nullable: true });

export const RegisterRequest = Type.Object(
  {
    username: Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH }),
    email: Type.String({ format: 'email', maxLength: MAX_NAME_LENGTH }),
    password: Type.String({ minLength: 1, description: 'At most 72 bytes of UTF-8.' }),
    full_name: Type.Optional(FullName),
  },
  { $id: 'RegisterRequest' },
);

export const LoginRequest = Type.Object(
  { username: Type.String(), password: Type.String() },
  { $id: 'LoginRequest' },
);

export const User = Type.Object(
  { username: Type.String(), email: Type.String(), full_name: FullName, disabled: Type.Boolean() },
  { $id: 'User' },
);

export const Token = Type.Object(
  { access_token: Type.String(), token_type: Type.Literal('bearer') },
  { $id: 'Token' },
);
