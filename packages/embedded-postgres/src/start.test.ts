import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start.ts';

let shelf: string;
const running = new Set<EmbeddedPostgres>();

beforeAll(() => {
  shelf = mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
  // As root, the server runs as another user, who must be able to pass.
  chmodSync(shelf, 0o711);
});
afterEach(async () => {
  for (const postgres of running) await postgres.stop();
  running.clear();
});
afterAll(() => rmSync(shelf, { recursive: true, force: true }));

async function start(name: string, options: { ephemeral?: boolean; port?: number } = {}) {
  const postgres = await startEmbeddedPostgres({ dataDir: join(shelf, name), ...options });
  running.add(postgres);
  return postgres;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

describe('a started PostgreSQL', () => {
  it('is a real PostgreSQL 18 that speaks UTF-8 and sorts alike everywhere', async () => {
    const { url } = await start('shared');
    expect(await ask(url('postgres'), 'SHOW server_version')).toMatch(/^18\./);
    expect(await ask(url('postgres'), 'SHOW server_encoding')).toBe('UTF8');
    expect(await ask(url('postgres'), `SELECT max(x) FROM unnest(ARRAY['ä', 'Z', 'a']) AS x`)).toBe('ä');
  });

  it('takes more connections than the default hundred', async () => {
    const { url } = await start('shared');
    expect(Number(await ask(url('postgres'), 'SHOW max_connections'))).toBe(200);
  });

  it('listens on 127.0.0.1 alone, and on no socket file', async () => {
    const { url } = await start('shared');
    expect(await ask(url('postgres'), 'SHOW listen_addresses')).toBe('127.0.0.1');
    expect(await ask(url('postgres'), 'SHOW unix_socket_directories')).toBe('');
  });

  it('refuses a wrong password', async () => {
    const { url } = await start('shared');
    const wrong = url('postgres').replace(/:[^:@]+@/, ':wrong@');
    await expect(ask(wrong, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('keeps its password in a file that only its owner reads', async () => {
    await start('shared');
    expect(statSync(join(shelf, 'shared/cluster/password')).mode & 0o777).toBe(0o600);
  });

  it('creates a database once, however often and at once it is asked', async () => {
    const { url, createDatabase } = await start('shared');
    await Promise.all([createDatabase('books "1"'), createDatabase('books "1"')]);
    await createDatabase('books "1"');
    expect(await ask(url('books "1"'), 'SELECT current_database()')).toBe('books "1"');
  });

  it('finds its data and its password again at the next start', async () => {
    const first = await start('kept');
    await ask(first.url('postgres'), 'CREATE TABLE notes AS SELECT 42 AS note');
    await first.stop();
    const second = await start('kept');
    expect(await ask(second.url('postgres'), 'SELECT note FROM notes')).toBe(42);
  });

  it('is gone after stop, even with a client in a transaction', async () => {
    const postgres = await start('shared');
    const client = new pg.Client({ connectionString: postgres.url('postgres') });
    const lost = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    await client.query('BEGIN');
    await postgres.stop();
    await lost;
    await expect(ask(postgres.url('postgres'), 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('leaves no data behind when it is ephemeral', async () => {
    const postgres = await start('ephemeral', { ephemeral: true });
    await postgres.stop();
    expect(existsSync(join(shelf, 'ephemeral'))).toBe(false);
  });
});

describe('a start', () => {
  it('is refused in one sentence while the same data is in use', async () => {
    await start('shared');
    await expect(start('shared')).rejects.toMatchObject({
      code: 'already-running',
      message: expect.stringMatching(/^The PostgreSQL data in .* is already in use by process \d+\.$/),
    });
  });

  it('succeeds once when two happen at the same time on an empty folder', async () => {
    const results = await Promise.allSettled([start('raced'), start('raced')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = results.find((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'already-running' });
    expect(readdirSync(join(shelf, 'raced')).sort()).toEqual(['cluster', 'log']);
  });

  it('names the port when another program has it', async () => {
    const { port } = await start('shared');
    await expect(start('other', { port })).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining(String(port)),
    });
  });

  it('clears away what a start that was killed in the middle of creating the data left', async () => {
    mkdirSync(join(shelf, 'halfway/draft_999999999_1_abcd/data'), { recursive: true });
    await start('halfway');
    expect(readdirSync(join(shelf, 'halfway')).sort()).toEqual(['cluster', 'log']);
  });

  it('sees through a stale lock whose process id belongs to somebody else today', async () => {
    const first = await start('stale');
    await first.stop();
    writeFileSync(join(shelf, 'stale/cluster/data/postmaster.pid'), `${process.pid}\n`);
    const second = await start('stale');
    expect(await ask(second.url('postgres'), 'SELECT 1')).toBe(1);
  });

  it('says in one sentence what is wrong with a folder that cannot be used', async () => {
    writeFileSync(join(shelf, 'file'), '');
    await expect(start('file/data')).rejects.toMatchObject({
      code: 'folder-unusable',
      message: expect.stringMatching(/^PostgreSQL's data folder .* cannot be used: .*\.$/),
    });
  });
});
