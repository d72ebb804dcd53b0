// Login sessions on the wire, for the OpenAPI document; the rules stand in `fields.ts`.
import { Type } from 'typebox';

export const LoginRequest = Type.Object(
  {
    username: Type.String({ description: 'The username or the e-mail of an account of the session runner.' }),
    password: Type.String(),
  },
  { $id: 'LoginRequest' },
);

export const Login = Type.Object(
  {
    access_token: Type.String(),
    refresh_token: Type.String(),
    expires_in: Type.Integer({ description: 'Seconds that the access token lasts.' }),
    token_type: Type.Literal('Bearer'),
    session_id: Type.String({ format: 'uuid', description: 'For DELETE /sessions/{session_id}.' }),
    user: Type.Object({
      id: Type.String({ description: 'As in the names of topics: users.<id>.…' }),
      username: Type.String(),
      roles: Type.Array(Type.String()),
    }),
  },
  { $id: 'Login' },
);

export const RefreshRequest = Type.Object({ refresh_token: Type.String() }, { $id: 'RefreshRequest' });

export const Refreshed = Type.Object(
  { access_token: Type.String(), expires_in: Type.Integer(), token_type: Type.Literal('Bearer') },
  { $id: 'Refreshed' },
);
