import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MigrationError, migrate } from '../src/index.ts';
import { type OwnServer, startOwnServer } from './server.ts';

let server: OwnServer;
let client: pg.Client;
let folder: string;

beforeAll(async () => {
  server = await startOwnServer();
  client = new pg.Client({ connectionString: server.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await server.remove();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trafficflux-migrations-'));
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  write('20260101000000_first', 'CREATE TABLE notes (id int);');
  write('20260102000000_second', 'INSERT INTO notes VALUES (1); INSERT INTO notes VALUES (2);');
  return () => rmSync(folder, { recursive: true });
});

function write(name: string, sql: string) {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'migration.sql'), sql);
}
const run = (log?: (line: string) => void) =>
  migrate({ databaseUrl: server.url, folder, ...(log && { log }) });
const notes = async () => (await client.query('SELECT id FROM notes ORDER BY 1')).rows.map(({ id }) => id);

describe('migrate', () => {
  test('applies what is new, in order, and says what', async () => {
    const lines: string[] = [];
    expect(await run((line) => lines.push(line))).toEqual(['20260101000000_first', '20260102000000_second']);
    expect(lines).toEqual(['Applied 20260101000000_first', 'Applied 20260102000000_second']);
    expect(await run()).toEqual([]);
    write('20260103000000_third', 'INSERT INTO notes VALUES (3)');
    expect(await run()).toEqual(['20260103000000_third']);
    expect(await notes()).toEqual([1, 2, 3]);
  });

  test('applies each migration once when five start at the same time', async () => {
    const applied = await Promise.all(Array.from({ length: 5 }, () => run()));
    expect(applied.map(({ length }) => length).sort()).toEqual([0, 0, 0, 0, 2]);
    expect(await notes()).toEqual([1, 2]);
  });

  test('undoes a migration that fails half-way, and names it', async () => {
    write('20260103000000_bad', 'INSERT INTO notes VALUES (3); SELECT 1 / 0;');
    await expect(run()).rejects.toThrow(
      /^The migration 20260103000000_bad failed and changed nothing: 22012: division/,
    );
    expect(await notes()).toEqual([1, 2]);
    write('20260103000000_bad', 'INSERT INTO notes VALUES (3);');
    expect(await run()).toEqual(['20260103000000_bad']);
  });

  test('refuses a file that was changed after it had been applied, but not other line ends', async () => {
    await run();
    write('20260102000000_second', 'INSERT INTO notes VALUES (9);');
    await expect(run()).rejects.toThrow(MigrationError);
    await expect(run()).rejects.toThrow(/20260102000000_second was changed/);
    write('20260102000000_second', 'INSERT INTO notes VALUES (1); INSERT INTO notes VALUES (2);');
    write('20260104000000_lines', 'SELECT 1;\nSELECT 2;\n');
    await run();
    write('20260104000000_lines', 'SELECT 1;\r\nSELECT 2;\r\n');
    expect(await run()).toEqual([]);
  });

  test('says in a sentence that the server cannot be reached, without the password', async () => {
    const work = migrate({ databaseUrl: 'postgresql://u:hunter2@127.0.0.1:1/x', folder });
    await expect(work).rejects.toThrow(/^The database x on 127\.0\.0\.1:1 cannot be reached/);
    await expect(work).rejects.not.toThrow(/hunter2/);
  });
});
