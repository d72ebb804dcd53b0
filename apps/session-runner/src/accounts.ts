// Looks after the accounts: what `npm run accounts -- list|disable|enable|role` runs.
import { runAccountsCommand } from '@trafficflux/accounts/command';
import { createLogger } from '@trafficflux/service-kit';
import { runCommand } from './command.ts';
import { loadStoreConfig } from './config.ts';
import { openStores } from './stores/stores.ts';

await runCommand(async () => {
  process.exitCode = await runAccountsCommand({
    args: process.argv.slice(2),
    open() {
      const { accounts, close } = openStores(
        loadStoreConfig(),
        createLogger({ name: 'accounts', level: 'silent' }),
      );
      return { store: accounts, close };
    },
    write: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
  });
});
