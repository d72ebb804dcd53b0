// Brings the stores of the session runner up to date: what `npm run migrate session-runner` runs.
import { accountsMigrations } from '@trafficflux/accounts';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { migrate } from '@trafficflux/postgres';
import { createLogger } from '@trafficflux/service-kit';
import { runCommand } from './command.ts';
import { loadStoreConfig, type StoreConfig } from './config.ts';
import { SESSIONS_MIGRATIONS } from './stores/migrations.ts';
import { openRecords } from './stores/stores.ts';

await runCommand(async () => {
  const config = loadStoreConfig();
  let applied = 0;
  for (const { databaseUrl, folder } of listMigrations(config)) {
    applied += (await migrate({ databaseUrl, folder, log: console.log })).length;
  }
  if (config.accounts.mongo !== null) await prepareMongo(config);
  else if (applied === 0) console.log('The databases are up to date.');
});

/** Of the databases that this service is configured to use: MongoDB and Redis take the place of one each. */
function listMigrations({ accounts, platform }: StoreConfig): { databaseUrl: string; folder: string }[] {
  const list = [];
  if (accounts.mongo === null && accounts.databaseUrl !== null) {
    list.push({ databaseUrl: accounts.databaseUrl, folder: accountsMigrations });
    list.push({ databaseUrl: accounts.databaseUrl, folder: SESSIONS_MIGRATIONS });
  }
  if (platform.redisUrl === null && platform.databaseUrl !== null) {
    list.push({ databaseUrl: platform.databaseUrl, folder: eventBusMigrations });
  }
  return list;
}

async function prepareMongo({ accounts }: StoreConfig): Promise<void> {
  const stores = await openRecords(accounts, createLogger({ name: 'migrate', level: 'silent' }));
  try {
    await stores.prepare();
    console.log('The indexes of MongoDB are there.');
  } finally {
    await stores.close();
  }
}
