/** The people of the session runner and the hub (H6). Two sides keep this promise: `account-store-mongo.ts`, `account-store-postgres.ts`. */

export const ROLES = ['admin', 'operator', 'user', 'agent', 'readonly', 'service', 'subscriber'] as const;
export type Role = (typeof ROLES)[number];

export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}

/** What a new account may do (H6). */
export const DEFAULT_ROLES: readonly Role[] = ['user', 'subscriber'];

export interface Account {
  /** 24 hexadecimal digits, as an ObjectId. */
  readonly id: string;
  /** Compared as it is: `bob` is not `BOB`. */
  readonly username: string;
  /** As it was given; compared without regard to case. */
  readonly email: string;
  readonly fullName: string | null;
  readonly hashedPassword: string;
  readonly disabled: boolean;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly fullName: string | null;
  readonly hashedPassword: string;
  /** `DEFAULT_ROLES` by default. */
  readonly roles?: readonly Role[];
}

/** Every method throws an `AccountStoreUnavailableError` while the store is out of reach. */
export interface AccountStore {
  /**
   * Of equal accounts created at once exactly one is.
   *
   * @throws {AccountExistsError} the username or the e-mail is taken
   * @throws {TypeError} a username or an e-mail that `isAccountName` refuses
   */
  create(account: NewAccount): Promise<Account>;
  findById(id: string): Promise<Account | null>;
  /** Those of `ids` that are there, each once, in no order. One question to the store, however many there are. */
  findAllById(ids: readonly string[]): Promise<readonly Account[]>;
  findByUsername(username: string): Promise<Account | null>;
  /** By username, else by e-mail. */
  findByLogin(usernameOrEmail: string): Promise<Account | null>;
  /** Up to `limit` accounts in the order of their usernames, after the one named `after`. */
  list(page: { readonly after?: string; readonly limit: number }): Promise<readonly Account[]>;
  /** Null when there is no such account; so below. */
  setDisabled(username: string, disabled: boolean): Promise<Account | null>;
  setRoles(username: string, roles: readonly Role[]): Promise<Account | null>;
  ping(): Promise<void>;
}

export class AccountExistsError extends Error {
  override readonly name = 'AccountExistsError';
}

export class AccountStoreUnavailableError extends Error {
  override readonly name = 'AccountStoreUnavailableError';
}

const USER_PREFIX = 'user_';

/** The id by which other services and topics name an account (H8): `user_` and its id. */
export function toUserId(account: Pick<Account, 'id'>): string {
  return USER_PREFIX + account.id;
}

/** The opposite of `toUserId`; what is no such id is that of nobody. */
export function toAccountId(userId: string): string {
  return userId.startsWith(USER_PREFIX) ? userId.slice(USER_PREFIX.length) : '';
}
