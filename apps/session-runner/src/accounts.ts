// Looks after the accounts: what `npm run accounts -- list|disable|enable|role` runs.
import { runAccountsCommand } from '@trafficflux/accounts/command';
import { createLogger } from '@trafficflux/service-kit';
import { runCommand } from './command.ts';
import { loadAccountsConfig } from './config.ts';
import { openRecords } from './stores/stores.ts';

await runCommand(async () => {
  process.exitCode = await runAccountsCommand({
    args: process.argv.slice(2),
    async open() {
      const logger = createLogger({ name: 'accounts', level: 'silent' });
      const { accounts, close } = await openRecords(loadAccountsConfig(), logger);
      return { store: accounts, close };
    },
    write: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
  });
});
