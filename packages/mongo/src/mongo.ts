// A connection to MongoDB, bounded in time, that comes back by itself after the server was away.
import { setTimeout as wait } from 'node:timers/promises';
import { type Connection, type ConnectOptions, Mongoose } from 'mongoose';
import { endSilence } from './end-silence.ts';
import { checkMongoUrl } from './mongo-url.ts';

export interface MongoOptions {
  readonly url: string;
  readonly databaseName: string;
  /** Shown by MongoDB in `currentOp` and in its log. */
  readonly name: string;
  /** How many connections there may be at once. */
  readonly poolSize?: number;
  /** How long an operation waits for a server that can be reached, in milliseconds. */
  readonly serverSelectionTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** How long an operation waits for an answer of the server, in milliseconds. */
  readonly socketTimeoutMs?: number;
  /** Told of each attempt to connect that failed, until the first one succeeds. */
  readonly onError?: (error: Error) => void;
}

export interface Mongo {
  /** A connection of its own, with its own models; nothing of mongoose's global state. */
  readonly connection: Connection;
  /** Rejects within the time limits while the server is away. */
  ping(): Promise<void>;
  /**
   * Runs an operation, and rejects when it has not ended after the limits of server selection and socket together, for
   * what these do not see. `isMongoUnavailable` knows the error.
   */
  endSilence<Result>(work: () => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const DEFAULTS = {
  poolSize: 10,
  serverSelectionTimeoutMs: 3000,
  connectTimeoutMs: 3000,
  socketTimeoutMs: 5000,
};
/** How often the driver looks whether the server is there; while an operation waits, twice a second. */
const HEARTBEAT_MS = 5000;
const RETRY_PAUSE_MS = 250;
/** As a `readyState`: mongoose declares names for them that it does not export. */
const CONNECTED = 1;

/**
 * Creates a connection. It connects in the background, again and again until it succeeds; an operation before that
 * waits for it for `serverSelectionTimeoutMs` and then fails with what `isMongoUnavailable` knows, as do operations
 * while the server is away later.
 *
 * A filter is never an operator by accident: a value such as `{ $ne: null }` is compared as a value, and a field that
 * the schema does not have is an error instead of a filter that matches everything.
 *
 * @throws {TypeError} the URL cannot be read
 */
export function createMongo(options: MongoOptions): Mongo {
  checkMongoUrl(options.url);
  const mongoose = new Mongoose({
    sanitizeFilter: true,
    strictQuery: 'throw',
    autoIndex: false,
    autoCreate: false,
    bufferTimeoutMS: options.serverSelectionTimeoutMs ?? DEFAULTS.serverSelectionTimeoutMs,
  });
  const connection = mongoose.createConnection();
  connection.on('error', (error: Error) => options.onError?.(error));
  // Once it has been there, the driver itself waits for a server that is away, and looks twice a second for it;
  // mongoose's own queue would wait for the next heartbeat.
  connection.once('connected', () => mongoose.set('bufferCommands', false));

  const limitMs = limitOf(options);
  const closing = new AbortController();
  const connecting = connectUntil(closing.signal, connection, options);

  return {
    connection,
    async ping() {
      await connection.asPromise();
      await connection.db?.command({ ping: 1 });
    },
    endSilence: (work) => endSilence(work, limitMs),
    async close() {
      closing.abort();
      // Ends an attempt that still waits for its server.
      if (connection.readyState !== CONNECTED) await connection.getClient()?.close();
      await connecting;
      await connection.destroy();
    },
  };
}

function limitOf({ serverSelectionTimeoutMs, socketTimeoutMs }: MongoOptions): number {
  return (
    (serverSelectionTimeoutMs ?? DEFAULTS.serverSelectionTimeoutMs) +
    (socketTimeoutMs ?? DEFAULTS.socketTimeoutMs)
  );
}

async function connectUntil(closing: AbortSignal, connection: Connection, options: MongoOptions) {
  while (!closing.aborted) {
    try {
      await connection.openUri(options.url, toConnectOptions(options));
      return;
    } catch {
      // Told to `onError` by the connection's own event.
      await wait(RETRY_PAUSE_MS, undefined, { signal: closing }).catch(() => {});
    }
  }
}

function toConnectOptions(options: MongoOptions): ConnectOptions {
  const serverSelectionTimeoutMS = options.serverSelectionTimeoutMs ?? DEFAULTS.serverSelectionTimeoutMs;
  return {
    dbName: options.databaseName,
    appName: options.name,
    maxPoolSize: options.poolSize ?? DEFAULTS.poolSize,
    serverSelectionTimeoutMS,
    waitQueueTimeoutMS: serverSelectionTimeoutMS,
    connectTimeoutMS: options.connectTimeoutMs ?? DEFAULTS.connectTimeoutMs,
    socketTimeoutMS: options.socketTimeoutMs ?? DEFAULTS.socketTimeoutMs,
    heartbeatFrequencyMS: HEARTBEAT_MS,
  };
}
