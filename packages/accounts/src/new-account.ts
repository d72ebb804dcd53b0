// What both stores do with a new account before they write it.
import { randomBytes } from 'node:crypto';
import { isAccountName, isStorable } from './account-name.ts';
import { AccountExistsError, DEFAULT_ROLES, type NewAccount, type Role } from './account-store.ts';

export interface CheckedAccount extends NewAccount {
  readonly roles: readonly Role[];
}

/** @throws {TypeError} a text that no store can keep: whoever calls should have refused it */
export function checkNewAccount(account: NewAccount): CheckedAccount {
  for (const field of ['username', 'email'] as const) {
    if (!isAccountName(account[field])) throw new TypeError(`No account can have such a ${field}.`);
  }
  if (account.fullName !== null && !isStorable(account.fullName)) {
    throw new TypeError('No account can have such a full name.');
  }
  return { ...account, roles: account.roles ?? DEFAULT_ROLES };
}

export function accountExists(cause: unknown): AccountExistsError {
  return new AccountExistsError('The username or the e-mail is taken.', { cause });
}

/** An id in the shape of an ObjectId: the seconds of now, and chance. */
export function createAccountId(): string {
  const seconds = Math.floor(Date.now() / 1000);
  return seconds.toString(16).padStart(8, '0') + randomBytes(8).toString('hex');
}
