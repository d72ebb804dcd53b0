export { type AccountsConfig, accountsVariables, toAccountsConfig } from './accounts-config.ts';
export { type OpenAccounts, openAccounts } from './open-accounts.ts';
