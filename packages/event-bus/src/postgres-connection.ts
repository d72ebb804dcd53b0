// One connection to PostgreSQL outside of a pool: it is kept for long, and dies at once when it must.
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseDatabaseUrl } from '@trafficflux/postgres';
import pg from 'pg';
import type { Connection } from './bus-store.ts';

export interface PostgresConnection extends Connection {
  /** Runs one statement after the other. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  onNotification(receive: (payload: string) => void): void;
}

export interface PostgresConnectionOptions {
  readonly databaseUrl: string;
  /** Shown by PostgreSQL in `pg_stat_activity`. */
  readonly name: string;
  readonly signal: AbortSignal;
}

const CONNECT_TIMEOUT_MS = 3000;
const STATEMENT_TIMEOUT_MS = 2000;
const ANSWER_GRACE_MS = 500;
const GOODBYE_MS = 200;

export async function openPostgres(options: PostgresConnectionOptions): Promise<PostgresConnection> {
  // Our own socket: a server that stalls takes part in no goodbye, so only its end ends the connection.
  const socket = new Socket();
  const client = createClient(options, socket);
  const lost = new Promise<Error>((resolve) => {
    let reason = new Error('PostgreSQL closed the connection.');
    client.on('error', (error) => {
      reason = error;
    });
    client.on('end', () => resolve(reason));
  });
  const onAbort = () => socket.destroy();
  options.signal.addEventListener('abort', onAbort);
  try {
    options.signal.throwIfAborted();
    await client.connect();
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    options.signal.removeEventListener('abort', onAbort);
  }
  const query = oneAfterTheOther(client);
  return {
    lost,
    query,
    ping: async () => void (await query('SELECT 1')),
    close: () => closeClient(client, socket),
    onNotification(receive) {
      client.on('notification', ({ payload }) => receive(payload ?? ''));
    },
  };
}

function createClient({ databaseUrl, name }: PostgresConnectionOptions, socket: Socket): pg.Client {
  return new pg.Client({
    connectionString: parseDatabaseUrl(databaseUrl).href,
    application_name: name,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + ANSWER_GRACE_MS,
    // What a bus stores is worth nothing after a crash, so no statement waits for the disk.
    options: '-c synchronous_commit=off',
    keepAlive: true,
    stream: () => socket,
  });
}

function oneAfterTheOther(client: pg.Client): PostgresConnection['query'] {
  let last: Promise<unknown> = Promise.resolve();
  return async function query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]) {
    const result = last.then(() => client.query<Row>(text, values));
    last = result.catch(() => {});
    return (await result).rows;
  };
}

async function closeClient(client: pg.Client, socket: Socket): Promise<void> {
  const timer = new AbortController();
  const goodbye = delay(GOODBYE_MS, undefined, { signal: timer.signal }).catch(() => {});
  await Promise.race([client.end().catch(() => {}), goodbye]);
  timer.abort();
  socket.destroy();
}
