export { isAccountName, MAX_NAME_LENGTH } from './account-name.ts';
export {
  type Account,
  AccountExistsError,
  type AccountStore,
  AccountStoreUnavailableError,
  DEFAULT_ROLES,
  isRole,
  type NewAccount,
  ROLES,
  type Role,
  toAccountId,
  toUserId,
} from './account-store.ts';
export { createPostgresAccountStore } from './account-store-postgres.ts';
export { accountsMigrations } from './migrations.ts';
