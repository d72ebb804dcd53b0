// Brings the stores of a load worker up to date: those of the campaigns API, so that either may start first.
import { campaignMigrations } from '@trafficflux/campaigns';
import { eventBusMigrations } from '@trafficflux/event-bus';
import { migrateJobQueue } from '@trafficflux/job-queue';
import { migrate, toDatabaseSentence } from '@trafficflux/postgres';
import { runCommand } from '@trafficflux/service-kit';
import { loadStoreConfig } from './config.ts';

await runCommand(async () => {
  const { database, platform } = loadStoreConfig();
  let lines = 0;
  const log = (line: string) => {
    lines++;
    console.log(line);
  };
  await migrate({ databaseUrl: database.url, folder: campaignMigrations, log });
  if (platform.redisUrl === null && platform.databaseUrl !== null) {
    await migrate({ databaseUrl: platform.databaseUrl, folder: eventBusMigrations, log });
    await migrateJobQueue({ databaseUrl: platform.databaseUrl, log });
  }
  if (lines === 0) console.log('The databases are up to date.');
}, toDatabaseSentence);
