// MongoDB for tests: a database of its own for each test file, and servers that a test may kill.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { type MongoProcess, startMongoProcess } from './mongo-process.ts';
import type {} from './provided-context.ts';

/** `describe` for what needs a MongoDB of any kind: where there is none, it is skipped, and its name says why. */
export function describeOnMongo(name: string, suite: () => void): void {
  if (inject('mongoUrl')) describe(name, suite);
  else describe.skip(`${name} (skipped: no MongoDB, as MONGO_TEST_URL, mongod and Go are missing)`, suite);
}

/** The same for what needs `startOwnMongo`. */
export function describeOnOwnMongo(name: string, suite: () => void): void {
  if (inject('mongoProgram')) describe(name, suite);
  else describe.skip(`${name} (skipped: no MongoDB to start, as mongod and Go are missing)`, suite);
}

export interface TestMongo extends AsyncDisposable {
  readonly url: string;
  readonly databaseName: string;
  /** Removes the database. */
  drop(): Promise<void>;
}

/** Names a database of the run's MongoDB that nobody else uses; it comes to be with the first write. */
export function createTestMongo(): TestMongo {
  const url = inject('mongoUrl');
  if (!url) throw new Error('There is no MongoDB here: use `describeOnMongo`.');
  const databaseName = `test_${randomBytes(8).toString('hex')}`;
  const drop = async () => {
    // Loaded only here: most tests that use these stores know no MongoDB.
    const { default: mongoose } = await import('mongoose');
    const connection = await mongoose.createConnection(url, { dbName: databaseName }).asPromise();
    await connection.dropDatabase();
    await connection.close();
  };
  return { url, databaseName, drop, [Symbol.asyncDispose]: drop };
}

export interface OwnMongo extends AsyncDisposable {
  /** Stays the same over restarts. */
  readonly url: string;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
  /** On the same port, with the same data. */
  restart(): Promise<void>;
  /** From now on it accepts and never answers, until `thaw`. */
  freeze(): void;
  thaw(): void;
  remove(): Promise<void>;
}

/** Starts a MongoDB that belongs to the caller. */
export async function startOwnMongo(): Promise<OwnMongo> {
  const program = inject('mongoProgram');
  if (!program) throw new Error('No MongoDB can be started here: use `describeOnOwnMongo`.');
  const dir = mkdtempSync(join(tmpdir(), 'trafficflux-own-mongo-'));
  let server: MongoProcess = await startMongoProcess(program, dir);
  const { url, port } = server;
  const remove = async () => {
    await server.kill();
    rmSync(dir, { recursive: true, force: true });
  };
  return {
    url,
    kill: () => server.kill(),
    async restart() {
      server = await startMongoProcess(program, dir, port);
    },
    freeze: () => server.signal('SIGSTOP'),
    thaw: () => server.signal('SIGCONT'),
    remove,
    [Symbol.asyncDispose]: remove,
  };
}
