// One PostgreSQL for all tests of a run: POSTGRES_TEST_URL or DATABASE_URL name one that is there already; else an
// embedded one starts, and ends with the run.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@trafficflux/embedded-postgres';

export interface RunsPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startRunsPostgres(): Promise<RunsPostgres> {
  const given = process.env.POSTGRES_TEST_URL ?? process.env.DATABASE_URL;
  if (given) return { url: given, stop: async () => {} };
  const dataDir = join(mkdtempSync(join(tmpdir(), 'trafficflux-tests-')), 'postgres');
  const server = await startEmbeddedPostgres({ dataDir, ephemeral: true, maxConnections: 300 });
  return { url: server.url('postgres'), stop: () => server.stop() };
}
