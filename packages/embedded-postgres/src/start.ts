// Starts a real PostgreSQL 18 from npm: nothing to install, nobody to add to the system, and never an orphan.
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { openCluster, SUPERUSER } from './cluster.ts';
import { createDatabase } from './databases.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { findPlaceFolder, preparePlace, removePlace } from './place.ts';
import { clearPreviousServer } from './previous.ts';
import { type Server, startServer } from './server.ts';

export interface EmbeddedPostgresOptions {
  /** The folder for the data; made where it is missing. One server per folder at a time. */
  readonly dataDir: string;
  /** The port on 127.0.0.1; by default one that is free. */
  readonly port?: number;
  /** By default 200. */
  readonly maxConnections?: number;
  /** For tests: quick and unsafe writes, and `stop` deletes the data. */
  readonly ephemeral?: boolean;
}

export interface EmbeddedPostgres {
  readonly port: number;
  /** The process id of the server. */
  readonly pid: number;
  /** Settles when the server has ended, by `stop` or by itself. */
  readonly exited: Promise<void>;
  /** The URL of a database, with user and password. */
  url(database: string): string;
  /** Creates a database, or does nothing if it exists; returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** Ends the server in PostgreSQL's "fast" way: open transactions are rolled back. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on `dataDir`, creating the data on the first start, and returns once it takes connections.
 * The server ends with this process, however this process ends. As root it runs as user 65534.
 * Throws an EmbeddedPostgresError, whose message is one sentence for the person at the terminal.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const ephemeral = options.ephemeral ?? false;
  const place = preparePlace(dataDir);
  const cluster = await openCluster(place, { ephemeral });
  await clearPreviousServer(cluster);
  const start = (port: number) =>
    startServer(place, cluster, { port, ephemeral, maxConnections: options.maxConnections ?? 200 });
  const { server, port } = await startOnPort(options.port, start);
  const url = (database: string) =>
    `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  return {
    port,
    pid: server.pid,
    exited: server.exited,
    url,
    createDatabase: (name) => createDatabase(url('postgres'), name),
    stop: async () => {
      await server.stop();
      if (ephemeral) removePlace(dataDir);
    },
  };
}

/** Deletes all data of the folder; throws a sentence while a server of a living process uses it. */
export async function removeEmbeddedPostgres(dataDir: string): Promise<void> {
  await clearPreviousServer({ data: join(findPlaceFolder(resolve(dataDir)), 'cluster', 'data') });
  removePlace(resolve(dataDir));
}

async function startOnPort(
  wished: number | undefined,
  start: (port: number) => Promise<Server>,
): Promise<{ server: Server; port: number }> {
  if (wished !== undefined) return { port: wished, server: await start(wished) };
  for (let tries = 1; ; tries++) {
    const port = await findFreePort();
    try {
      return { port, server: await start(port) };
    } catch (error) {
      // Between our look and PostgreSQL's start another program may have taken the port.
      if (tries === 5 || !(error instanceof EmbeddedPostgresError) || error.code !== 'port-taken')
        throw error;
    }
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has no port');
  return address.port;
}
