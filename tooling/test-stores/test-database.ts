// A database for one test file, made within milliseconds as a copy of a template that was migrated once per run.
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from '@trafficflux/postgres';
import pg from 'pg';
import { inject } from 'vitest';
import type {} from './provided-context.ts';

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  /** Removes the database, also while somebody is connected to it. */
  drop(): Promise<void>;
}

const TEMPLATE_LOCK = 7_290_416_584;

/** Creates a database of the run's PostgreSQL, with the migrations of these folders applied, in this order. */
export async function createTestDatabase(...migrationsFolders: string[]): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withClient(server, async (client) => {
    const template = templateName(migrationsFolders);
    // Test files run at the same time: the first one here migrates the template, the others wait for it.
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await ensureTemplate(client, server, template, migrationsFolders);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const drop = () =>
    withClient(server, async (client) => {
      await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    });
  return { url: urlOf(server, name), drop, [Symbol.asyncDispose]: drop };
}

/** The same migrations have the same template, also in the next run against a server that stays. */
function templateName(folders: readonly string[]): string {
  const hash = createHash('sha256');
  for (const folder of folders) {
    for (const name of readdirSync(folder).sort()) {
      hash.update(name).update(readFileSync(join(folder, name, 'migration.sql')));
    }
  }
  return `template_${hash.digest('hex').slice(0, 16)}`;
}

async function ensureTemplate(
  client: pg.Client,
  server: string,
  template: string,
  folders: readonly string[],
): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
  if (!rowCount) await client.query(`CREATE DATABASE ${template}`);
  for (const folder of folders) await migrate({ databaseUrl: urlOf(server, template), folder });
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function withClient(url: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
