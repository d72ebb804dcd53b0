// Applies SQL migrations: `<folder>/<stamp>_<name>/migration.sql`, the layout in which Prisma writes them.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { parseDatabaseUrl } from './database-url.ts';
import { describeDatabaseError } from './errors.ts';

export interface MigrationOptions {
  readonly databaseUrl: string;
  readonly folder: string;
  /** Gets one line for each migration applied. */
  readonly log?: (line: string) => void;
}

/** A migration that cannot be applied; the message is a sentence for whoever runs it. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Any fixed number will do: all who migrate a database take this lock, one after the other. */
const LOCK = 7_290_416_583;
const CONNECT_TIMEOUT_MS = 5000;

/**
 * Brings a database up to date and returns the names of the migrations it applied, in order. Each runs in a
 * transaction of its own. Two processes may migrate at once: the second waits, and finds the work done.
 *
 * Throws a `MigrationError` when one fails, or when a file that was applied has changed since.
 */
export async function migrate(options: MigrationOptions): Promise<string[]> {
  const migrations = await readMigrations(options.folder);
  const client = await connect(options.databaseUrl);
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const applied = await readApplied(client);
    const pending = migrations.filter((migration) => isPending(migration, applied));
    for (const migration of pending) {
      await apply(client, migration);
      options.log?.(`Applied ${migration.name}`);
    }
    return pending.map(({ name }) => name);
  } finally {
    // Ending the session gives the lock back.
    await client.end();
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map((name) => readMigration(folder, name)));
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
  // A checkout with other line ends is not a change.
  const checksum = createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
  return { name, sql, checksum };
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const { href, host, port, database } = parseDatabaseUrl(databaseUrl);
  const client = new pg.Client({
    connectionString: href,
    application_name: 'migrate',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // The failed query rejects and says so; the event that comes with it must not end the process.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (cause) {
    const message = `The database ${database} on ${host}:${port} cannot be reached: ${describeDatabaseError(cause)}.`;
    throw new MigrationError(message, { cause });
  }
  return client;
}

async function readApplied(client: pg.Client): Promise<Map<string, string>> {
  await client.query(`CREATE TABLE IF NOT EXISTS applied_migrations (
    name text PRIMARY KEY,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`);
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM applied_migrations',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

function isPending({ name, checksum }: Migration, applied: ReadonlyMap<string, string>): boolean {
  const before = applied.get(name);
  if (before !== undefined && before !== checksum) {
    throw new MigrationError(
      `The migration ${name} was changed after it had been applied: restore its file, and put the change into a new one.`,
    );
  }
  return before === undefined;
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query('INSERT INTO applied_migrations (name, checksum) VALUES ($1, $2)', [name, checksum]);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {});
    const message = `The migration ${name} failed and changed nothing: ${describeDatabaseError(cause)}.`;
    throw new MigrationError(message, { cause });
  }
}
