// A new token on an open connection, before the old one ends (`AuthStatus`, then `Auth`).
import type { Access } from '../login-sessions/access.ts';
import { toAuthStatus } from '../messages/server-message.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';

/** The connection goes on with the rights and to the end of the new token. */
export function renew(connection: Connection, access: Access, connections: Connections): void {
  const earlier = connection.access;
  if (earlier === null) return;
  connection.access = access;
  connection.isWarned = false;
  if (earlier.sessionId !== access.sessionId)
    connections.moveToSession(connection, earlier.sessionId, access.sessionId);
  connection.send(toAuthStatus('token_renewed', access.expiresAt));
}
