import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = join(import.meta.dirname, '../../infra/write-secrets.ts');
const RANDOM = [
  'books-api/secret-key',
  'session-runner/secret-key',
  'campaigns-api/secret-key',
  'realtime-hub/jwt-secret',
  'mongodb/root-password',
  'mongodb/user-password',
  'redis/password',
];
const SERVICES = ['books-api', 'session-runner', 'campaigns-api', 'load-worker', 'realtime-hub'];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-secrets-'));
  for (const service of [...SERVICES, 'mongodb', 'redis']) mkdirSync(join(folder, service));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("Compose's one-shot service secrets", () => {
  it('makes random secrets of at least 32 bytes once, no two alike, and keeps them at the next start', () => {
    writeSecrets();
    const first = RANDOM.map(read);
    writeSecrets();
    for (const secret of first) expect(secret).toMatch(/^[\w-]{64}$/);
    expect(new Set(first).size).toBe(RANDOM.length);
    expect(RANDOM.map(read)).toEqual(first);
  });

  it('makes another secret on another machine', () => {
    writeSecrets();
    const first = read('books-api/secret-key');
    rmSync(join(folder, 'books-api/secret-key'));
    writeSecrets();
    expect(read('books-api/secret-key')).not.toBe(first);
  });

  it('lets only our own user read what is for our services', () => {
    writeSecrets();
    const names = ['secret-key', 'database-url'].map((name) => `books-api/${name}`);
    const others = ['secret-key', 'mongo-url', 'redis-url'].map((name) => `session-runner/${name}`);
    const campaigns = ['secret-key', 'database-url', 'redis-url'].map((name) => `campaigns-api/${name}`);
    const workers = ['database-url', 'redis-url'].map((name) => `load-worker/${name}`);
    const hub = ['jwt-secret', 'mongo-url', 'redis-url'].map((name) => `realtime-hub/${name}`);
    const all = [...names, ...others, ...campaigns, ...workers, ...hub];
    for (const name of all) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o400);
    // Nothing else lies in those folders.
    const found = SERVICES.flatMap((service) => readdirSync(join(folder, service)));
    expect(found.length).toBe(all.length);
  });

  it('gives the session runner the passwords that MongoDB and Redis ask for, and never the one of root', () => {
    writeSecrets();
    const mongo = new URL(read('session-runner/mongo-url'));
    expect(mongo).toMatchObject({
      username: 'trafficflux',
      hostname: 'mongodb',
      pathname: '/trafficflux_db',
    });
    expect(mongo.password).toBe(read('mongodb/user-password'));
    expect(mongo.password).not.toBe(read('mongodb/root-password'));
    const redis = new URL(read('session-runner/redis-url'));
    expect(redis.password).toBe(read('redis/password'));
    expect(read('redis/redis.conf')).toContain(`requirepass ${redis.password}\n`);
  });

  it('gives the hub the people of the session runner, and lets Redis keep who is logged in', () => {
    writeSecrets();
    for (const name of ['mongo-url', 'redis-url'])
      expect(read(`realtime-hub/${name}`)).toBe(read(`session-runner/${name}`));
    expect(read('redis/redis.conf')).toMatch(/^appendonly yes$/m);
    expect(read('redis/redis.conf')).toMatch(/^appendfsync always$/m);
  });

  it('gives the campaigns API and the workers the same database and Redis, and workers no key', () => {
    writeSecrets();
    for (const name of ['database-url', 'redis-url']) {
      expect(read(`load-worker/${name}`)).toBe(read(`campaigns-api/${name}`));
    }
    expect(read('campaigns-api/database-url')).toBe('postgresql://postgres:password@postgres:5432/campaigns');
    expect(read('campaigns-api/redis-url')).toBe(read('session-runner/redis-url'));
  });

  it('writes an address that holds any password, and follows a change of it', () => {
    writeSecrets({ POSTGRES_PASSWORD: 'p@ss/w:rd?#%' });
    expect(new URL(read('books-api/database-url')).hostname).toBe('postgres');
    expect(decodeURIComponent(new URL(read('books-api/database-url')).password)).toBe('p@ss/w:rd?#%');
    writeSecrets({ POSTGRES_PASSWORD: 'other' });
    expect(read('books-api/database-url')).toBe('postgresql://postgres:other@postgres:5432/my_project_db');
  });

  it('takes the addresses of stores elsewhere as they are', () => {
    writeSecrets({
      BOOKS_DATABASE_URL: 'postgres://books@db.example/books?sslmode=require',
      CAMPAIGNS_DATABASE_URL: 'postgres://campaigns@db.example/campaigns',
      MONGO_URL: 'mongodb+srv://mongo.example',
      REDIS_URL: 'rediss://redis.example',
    });
    expect(read('books-api/database-url')).toBe('postgres://books@db.example/books?sslmode=require');
    expect(read('load-worker/database-url')).toBe('postgres://campaigns@db.example/campaigns');
    expect(read('session-runner/mongo-url')).toBe('mongodb+srv://mongo.example');
    expect(read('session-runner/redis-url')).toBe('rediss://redis.example');
  });

  it('prints no secret, and says when the password is the documented one', () => {
    expect(writeSecrets()).toContain('set POSTGRES_PASSWORD in .env');
    const output = writeSecrets({ POSTGRES_PASSWORD: 'hunter2' });
    expect(output).not.toContain('hunter2');
    for (const name of RANDOM) expect(output).not.toContain(read(name));
    expect(output).not.toContain('set POSTGRES_PASSWORD');
  });
});

function writeSecrets(environment: Record<string, string> = {}): string {
  const env = { PATH: process.env.PATH, SECRETS_FOLDER: folder, ...environment };
  return execFileSync(process.execPath, [script], { env, encoding: 'utf8' });
}

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

describe("MongoDB's first start", () => {
  it('makes a user who may use one database only, with the password of the file', () => {
    const made: unknown[] = [];
    const db = {
      getSiblingDB: (name: string) => ({ createUser: (user: object) => made.push({ name, ...user }) }),
    };
    const read = (path: string) => (path === '/secrets/mongodb/user-password' ? 'word' : '');
    // As mongosh runs it: a script with `db`, `require` and `process` at hand.
    runInNewContext(readFileSync(join(import.meta.dirname, '../../infra/create-mongo-user.js'), 'utf8'), {
      db,
      require: () => ({ readFileSync: read }),
      process: { env: { MONGO_INITDB_DATABASE: 'trafficflux_db' } },
    });
    expect(made).toEqual([
      {
        name: 'trafficflux_db',
        user: 'trafficflux',
        pwd: 'word',
        roles: [{ role: 'readWrite', db: 'trafficflux_db' }],
      },
    ]);
  });
});
