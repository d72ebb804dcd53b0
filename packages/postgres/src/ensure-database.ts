// Creates a database that is not there yet, for one-shot commands such as Compose's.
import pg from 'pg';
import { parseDatabaseUrl } from './database-url.ts';
import { describeDatabaseError } from './errors.ts';
import { MigrationError } from './migrate.ts';

const MISSING = '3D000';
/** Somebody else created it in the same moment. */
const CREATED_MEANWHILE = new Set(['42P04', '23505']);
const CONNECT_TIMEOUT_MS = 5000;

/**
 * Makes sure that the database of this URL exists: where the server is there and the database is not, it is created
 * by way of the server's database `postgres`. Returns whether it was. A role that may not create databases gets a
 * `MigrationError` that says so.
 */
export async function ensureDatabase(databaseUrl: string): Promise<boolean> {
  const { href, host, port, database } = parseDatabaseUrl(databaseUrl);
  try {
    await runOn(href);
    return false;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== MISSING) {
      throw toMigrationError(`The database ${database} on ${host}:${port} cannot be reached`, error);
    }
  }
  const maintenance = Object.assign(new URL(href), { pathname: 'postgres' }).href;
  try {
    await runOn(maintenance, `CREATE DATABASE ${pg.escapeIdentifier(database)}`);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && CREATED_MEANWHILE.has(error.code ?? '')) return false;
    throw toMigrationError(`The database ${database} on ${host}:${port} could not be created`, error);
  }
}

async function runOn(connectionString: string, statement?: string): Promise<void> {
  const client = new pg.Client({
    connectionString,
    application_name: 'migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // The failed query rejects and says so; the event that comes with it must not end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    if (statement !== undefined) await client.query(statement);
  } finally {
    await client.end();
  }
}

function toMigrationError(sentence: string, cause: unknown): MigrationError {
  return new MigrationError(`${sentence}: ${describeDatabaseError(cause)}.`, { cause });
}
