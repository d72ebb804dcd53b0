// Users on the wire, for the OpenAPI document.
import { Type } from 'typebox';

const credentials = {
  username: Type.String({ minLength: 1, maxLength: 100 }),
  password: Type.String({ minLength: 1, maxLength: 255, description: 'At most 72 bytes of UTF-8.' }),
};

export const RegisterRequest = Type.Object(credentials, { $id: 'RegisterRequest' });
export const LoginRequest = Type.Object(credentials, { $id: 'LoginRequest' });
export const Token = Type.Object({ access_token: Type.String() }, { $id: 'Token' });
