// What the roles of an account allow (contracts 4.3).
import type { Role } from '@trafficflux/accounts';

export type Permission =
  | 'read'
  | 'write'
  | 'delete'
  | 'manage_users'
  | 'system_admin'
  | 'broadcast'
  | 'moderate'
  | 'subscribe'
  | 'execute_tasks'
  | 'service_api';

const PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  admin: [
    'read',
    'write',
    'delete',
    'manage_users',
    'system_admin',
    'broadcast',
    'moderate',
    'subscribe',
    'execute_tasks',
    'service_api',
  ],
  operator: ['read', 'write', 'subscribe'],
  user: ['read', 'write', 'subscribe'],
  agent: ['read', 'write', 'execute_tasks', 'broadcast', 'subscribe'],
  readonly: ['read', 'subscribe'],
  service: ['read', 'write', 'service_api', 'broadcast'],
  subscriber: ['read', 'subscribe'],
};

/** The permissions of all the roles together, each once. */
export function toPermissions(roles: readonly Role[]): readonly Permission[] {
  return [...new Set(roles.flatMap((role) => PERMISSIONS[role]))];
}

/** What somebody may do now: rights of the token that the account still has. */
export interface Rights {
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
  /** `subscribe` or `read` (H15). */
  readonly maySubscribe: boolean;
  readonly isAdmin: boolean;
}

export const NO_RIGHTS: Rights = { mayRead: false, mayWrite: false, maySubscribe: false, isAdmin: false };

/** Of connections without a token, where they are allowed. */
export const ANONYMOUS_RIGHTS: Rights = {
  mayRead: true,
  mayWrite: false,
  maySubscribe: true,
  isAdmin: false,
};

/** A right counts only where the token names it and the roles still give it. */
export function toRights(tokenPermissions: readonly string[], roles: readonly Role[]): Rights {
  const current = toPermissions(roles);
  const has = (permission: Permission) =>
    tokenPermissions.includes(permission) && current.includes(permission);
  return {
    mayRead: has('read'),
    mayWrite: has('write'),
    maySubscribe: has('subscribe') || has('read'),
    isAdmin: roles.includes('admin') && has('system_admin'),
  };
}
