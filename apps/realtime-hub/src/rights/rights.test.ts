// Contracts 4.3: what each role allows, and what is left of a token when roles were taken away.
import { ROLES, type Role } from '@trafficflux/accounts';
import { expect, test } from 'vitest';
import { NO_RIGHTS, toPermissions, toRights } from './rights.ts';

const RIGHTS: Record<Role, string> = {
  admin: 'read write delete manage_users system_admin broadcast moderate subscribe',
  operator: 'read write subscribe',
  user: 'read write subscribe',
  agent: 'read write execute_tasks broadcast subscribe',
  readonly: 'read subscribe',
  service: 'read write service_api broadcast',
  subscriber: 'read subscribe',
};

test.each(ROLES)('the role %s allows what the contract says', (role) => {
  expect(toPermissions([role])).toEqual(expect.arrayContaining(RIGHTS[role].split(' ')));
  if (role !== 'admin') expect(toPermissions([role])).toHaveLength(RIGHTS[role].split(' ').length);
});

test('several roles allow all of it together, each once; none allows nothing', () => {
  expect(toPermissions(['user', 'subscriber'])).toEqual(['read', 'write', 'subscribe']);
  expect(new Set(toPermissions(['service', 'agent'])).size).toBe(toPermissions(['service', 'agent']).length);
  expect(toPermissions([])).toEqual([]);
});

test('S11 a right counts only where the token names it and the roles still give it', () => {
  const all = toPermissions(['admin']);
  expect(toRights(all, ['admin'])).toEqual({
    mayRead: true,
    mayWrite: true,
    maySubscribe: true,
    isAdmin: true,
  });
  expect(toRights(all, ['readonly'])).toEqual({ ...NO_RIGHTS, mayRead: true, maySubscribe: true });
  expect(toRights(all, [])).toEqual(NO_RIGHTS);
  expect(toRights(['read'], ['admin'])).toEqual({ ...NO_RIGHTS, mayRead: true, maySubscribe: true });
  expect(toRights(['subscribe'], ['user'])).toEqual({ ...NO_RIGHTS, maySubscribe: true });
  expect(toRights([], ['admin'])).toEqual(NO_RIGHTS);
  expect(toRights(['system_admin', 'constructor'], ['user'])).toEqual(NO_RIGHTS);
});
