// Brings the stores of the realtime hub up to date: what `npm run migrate realtime-hub` runs.
import { accountsMigrations } from '@trafficflux/accounts';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { migrate, toDatabaseSentence } from '@trafficflux/postgres';
import { runCommand } from '@trafficflux/service-kit';
import { loadStoreConfig, type StoreConfig } from './config.ts';
import { HUB_MIGRATIONS } from './stores/migrations.ts';

await runCommand(async () => {
  let applied = 0;
  for (const { databaseUrl, folder } of listMigrations(loadStoreConfig())) {
    applied += (await migrate({ databaseUrl, folder, log: console.log })).length;
  }
  if (applied === 0) console.log('The databases are up to date.');
}, toDatabaseSentence);

/** Of the databases that this service is configured to use: MongoDB and Redis take the place of one each. */
function listMigrations({ accounts, platform }: StoreConfig): { databaseUrl: string; folder: string }[] {
  const list = [];
  if (accounts.mongo === null && accounts.databaseUrl !== null)
    list.push({ databaseUrl: accounts.databaseUrl, folder: accountsMigrations });
  if (platform.redisUrl === null && platform.databaseUrl !== null) {
    list.push({ databaseUrl: platform.databaseUrl, folder: eventBusMigrations });
    list.push({ databaseUrl: platform.databaseUrl, folder: HUB_MIGRATIONS });
  }
  return list;
}
