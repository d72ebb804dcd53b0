export { type AccountsCommandOptions, type OpenAccounts, runAccountsCommand } from './accounts-command.ts';
