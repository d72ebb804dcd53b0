// Brings the stores of the campaigns API up to date: what `npm run migrate campaigns-api` runs. With --create-database it
// creates the campaigns' database where it is missing: Compose's PostgreSQL has one for the books only.
import { parseArgs } from 'node:util';
import { accountsMigrations } from '@trafficflux/accounts';
import { campaignMigrations } from '@trafficflux/campaigns';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { migrateJobQueue } from '@trafficflux/job-queue';
import { ensureDatabase, migrate, toDatabaseSentence } from '@trafficflux/postgres';
import { runCommand } from '@trafficflux/service-kit';
import { loadStoreConfig, type StoreConfig } from './config.ts';

const { values } = parseArgs({ options: { 'create-database': { type: 'boolean', default: false } } });

await runCommand(async () => {
  const { database, platform, accounts } = loadStoreConfig();
  let lines = 0;
  const log = (line: string) => {
    lines++;
    console.log(line);
  };
  if (values['create-database'] && (await ensureDatabase(database.url))) log('Created the database.');
  await migrate({ databaseUrl: database.url, folder: campaignMigrations, log });
  await migratePlatform(platform, log);
  if (accounts?.mongo === null && accounts.databaseUrl !== null)
    await migrate({ databaseUrl: accounts.databaseUrl, folder: accountsMigrations, log });
  if (lines === 0) console.log('The databases are up to date.');
}, toDatabaseSentence);

/** Redis takes its place where it is set. */
async function migratePlatform(
  { databaseUrl, redisUrl }: StoreConfig['platform'],
  log: (line: string) => void,
): Promise<void> {
  if (redisUrl !== null || databaseUrl === null) return;
  await migrate({ databaseUrl, folder: eventBusMigrations, log });
  await migrateJobQueue({ databaseUrl, log });
}
