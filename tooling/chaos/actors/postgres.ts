// The PostgreSQL of a series: a server of its own, that remembers when each transaction was committed.
import { createPool } from '@trafficflux/postgres';
import pg from 'pg';
import { startOwnPostgres } from '../../test-stores/own-postgres.ts';

export interface ChaosPostgres extends AsyncDisposable {
  readonly url: string;
  /** Of the harness itself; comes back by itself. */
  readonly pool: pg.Pool;
  crash(): Promise<void>;
  restart(): Promise<void>;
}

/** How the harness's own connections are called. */
export const HARNESS = 'chaos';

export async function startChaosPostgres(): Promise<ChaosPostgres> {
  const server = await startOwnPostgres({ maxConnections: 300 });
  try {
    await rememberCommits(server.url);
    await server.stop();
    await server.restart();
  } catch (error) {
    await server.remove();
    throw error;
  }
  const pool = createPool({ databaseUrl: server.url, name: HARNESS, size: 6 });
  return {
    url: server.url,
    pool,
    crash: () => server.crash(),
    restart: () => server.restart(),
    async [Symbol.asyncDispose]() {
      await pool.end();
      await server.remove();
    },
  };
}

async function rememberCommits(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('ALTER SYSTEM SET track_commit_timestamp = on');
  } finally {
    await client.end();
  }
}
