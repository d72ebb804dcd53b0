// Runs before the tests of every project: one PostgreSQL for all of them. POSTGRES_TEST_URL or DATABASE_URL name
// one that is there already; else an embedded one starts, and ends with the run.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@trafficflux/embedded-postgres';
import type { TestProject } from 'vitest/node';
import type {} from './provided-context.ts';

/** Each project of a run calls this file; they share what is kept here. */
interface SharedServer {
  users: number;
  server?: Promise<EmbeddedPostgres>;
}

const shared: SharedServer = sharedServer();

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.POSTGRES_TEST_URL ?? process.env.DATABASE_URL;
  if (given) {
    project.provide('postgresUrl', given);
    return async () => {};
  }
  shared.users++;
  shared.server ??= startServer();
  project.provide('postgresUrl', (await shared.server).url('postgres'));
  return stopAfterTheLast;
}

function startServer(): Promise<EmbeddedPostgres> {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'trafficflux-tests-')), 'postgres');
  return startEmbeddedPostgres({ dataDir, ephemeral: true, maxConnections: 300 });
}

async function stopAfterTheLast(): Promise<void> {
  shared.users--;
  if (shared.users > 0) return;
  const server = await shared.server;
  delete shared.server;
  await server?.stop();
}

function sharedServer(): SharedServer {
  const key = Symbol.for('trafficflux.test-postgres');
  const store = globalThis as { [key]?: SharedServer };
  store[key] ??= { users: 0 };
  return store[key];
}
