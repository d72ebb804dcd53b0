// BullMQ's own tables for PostgreSQL, made by BullMQ's own step.
import { describeDatabaseError, MigrationError, parseDatabaseUrl } from '@trafficflux/postgres';
import { runMigrations } from 'bullmq';
import pg from 'pg';
import { SCHEMA } from './bull-postgres.ts';

const CONNECT_TIMEOUT_MS = 5000;

/** Brings them up to date. Two processes may do so at once: BullMQ takes a lock. @throws {MigrationError} a sentence */
export async function migrateJobQueue(options: {
  readonly databaseUrl: string;
  readonly log?: (line: string) => void;
}): Promise<void> {
  const { href, host, port, database } = parseDatabaseUrl(options.databaseUrl);
  const client = new pg.Client({
    connectionString: href,
    application_name: 'migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: `-c search_path=${SCHEMA}`,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const before = await findVersion(client);
    const after = await runMigrations(client, SCHEMA);
    if (after !== before) options.log?.(`Applied the job queue's tables, version ${after}`);
  } catch (cause) {
    const message = `The job queue's tables could not be made in ${database} on ${host}:${port}: ${describeDatabaseError(cause)}.`;
    throw new MigrationError(message, { cause });
  } finally {
    await client.end();
  }
}

async function findVersion(client: pg.Client): Promise<number | null> {
  const { rows } = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [
    `${SCHEMA}.migration`,
  ]);
  if (!rows[0]?.found) return null;
  const versions = await client.query<{ version: number }>(
    'SELECT max(version)::int AS version FROM migration',
  );
  return versions.rows[0]?.version ?? null;
}
