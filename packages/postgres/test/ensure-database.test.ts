import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureDatabase, MigrationError } from '../src/index.ts';
import { type OwnServer, startOwnServer } from './server.ts';

let server: OwnServer;

beforeAll(async () => {
  server = await startOwnServer();
});
afterAll(() => server.remove());

const urlOf = (name: string) =>
  Object.assign(new URL(server.url), { pathname: encodeURIComponent(name) }).href;

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: statement, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

describe('ensureDatabase', () => {
  test('creates a database that is not there, whatever its name, and leaves one that is', async () => {
    const url = urlOf('cam"paigns 1');
    expect(await ensureDatabase(url)).toBe(true);
    await ask(url, 'CREATE TABLE notes (id int)');
    expect(await ensureDatabase(url)).toBe(false);
    expect(await ask(url, 'SELECT current_database(), (SELECT count(*)::int FROM notes)')).toEqual([
      'cam"paigns 1',
      0,
    ]);
  });

  test('creates it once when five ask at the same time', async () => {
    const created = await Promise.all(Array.from({ length: 5 }, () => ensureDatabase(urlOf('at-once'))));
    expect(created.filter(Boolean)).toHaveLength(1);
  });

  test('says in a sentence that the role may not, or that nobody answers, without the password', async () => {
    await ask(server.url, "CREATE ROLE guest LOGIN PASSWORD 'hunter2'");
    const url = Object.assign(new URL(urlOf('forbidden')), { username: 'guest', password: 'hunter2' }).href;
    await expect(ensureDatabase(url)).rejects.toThrow(
      /^The database forbidden on .+ could not be created: 42501: permission denied/,
    );
    const away = ensureDatabase('postgresql://u:hunter2@127.0.0.1:1/x');
    await expect(away).rejects.toThrow(MigrationError);
    await expect(away).rejects.not.toThrow(/hunter2/);
  });
});
