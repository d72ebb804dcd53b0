// Brings the database of the books API up to date: what `npm run migrate books-api` runs.
import { migrate, toDatabaseSentence } from '@trafficflux/postgres';
import { runCommand } from '@trafficflux/service-kit';
import { loadDatabaseConfig } from './config.ts';
import { MIGRATIONS } from './stores/migrations.ts';

await runCommand(async () => {
  const { url } = loadDatabaseConfig();
  const applied = await migrate({ databaseUrl: url, folder: MIGRATIONS, log: console.log });
  if (applied.length === 0) console.log('The database is up to date.');
}, toDatabaseSentence);
