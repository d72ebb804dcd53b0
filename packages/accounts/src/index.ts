export {
  type Account,
  AccountExistsError,
  type AccountStore,
  AccountStoreUnavailableError,
  DEFAULT_ROLES,
  type NewAccount,
  ROLES,
  type Role,
  toUserId,
} from './account-store.ts';
