/** What the benchmark of the books API sets side by side: our service, and the bare app with and without its logs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@trafficflux/embedded-postgres';
import pg from 'pg';
import { findFreePort } from '../free-port.ts';

const local = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const booksApi = '../../apps/books-api/src';

export type ServerName = 'ours' | 'observed' | 'plain';

export interface Bench {
  readonly urls: Record<ServerName, string>;
  readonly db: pg.Client;
  readonly credentials: { username: string; password: string };
  readonly token: string;
  stop(): Promise<void>;
}

/** Starts PostgreSQL where this process runs, and the three servers on `serverCores`, on 100 books. */
export async function startBench(folder: string, serverCores: string): Promise<Bench> {
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  const children: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(children.map(endProcess));
    await postgres.stop();
  };
  try {
    return { ...(await startServers(postgres, children, serverCores)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startServers(postgres: EmbeddedPostgres, children: ChildProcess[], cores: string) {
  await postgres.createDatabase('books');
  const databaseUrl = postgres.url('books');
  const env = { ...process.env, DATABASE_URL: databaseUrl, SECRET_KEY: 'x'.repeat(48), HOST: '127.0.0.1' };
  const migrate = spawn(process.execPath, [local(`${booksApi}/migrate.ts`)], { env, stdio: 'inherit' });
  const [code] = await once(migrate, 'exit');
  if (code !== 0) throw new Error('the migration failed');

  const start = async (script: string, args: (port: number) => string[]) => {
    const port = await findFreePort();
    const command = ['-c', cores, process.execPath, local(script), ...args(port)];
    const stdio = ['ignore', 'ignore', 'inherit'] as const;
    children.push(spawn('taskset', command, { env: { ...env, PORT: String(port) }, stdio: [...stdio] }));
    const url = `http://127.0.0.1:${port}`;
    await waitUntilUp(`${url}/books`);
    return url;
  };
  const urls = {
    ours: await start(`${booksApi}/main.ts`, () => []),
    observed: await start('bare-app.ts', (port) => [`${port}`, 'observed']),
    plain: await start('bare-app.ts', (port) => [`${port}`, 'plain']),
  };
  const db = new pg.Client({ connectionString: databaseUrl });
  await db.connect();
  const credentials = { username: 'bench', password: 'bench-password' };
  return { urls, db, credentials, token: await fillBooks(urls.ours, db, credentials) };
}

async function fillBooks(url: string, db: pg.Client, credentials: object): Promise<string> {
  await post(`${url}/register`, credentials);
  const { access_token: token } = await post(`${url}/auth/login`, credentials);
  await post(`${url}/authors`, { id: 1, name: 'Ursula K. Le Guin', country: 'United States' }, token);
  for (let id = 1; id <= 100; id += 1) {
    const book = { id, title: `Bench Book ${id}`, author_id: 1, isbn: '9780132350884', published_year: 2020 };
    await post(`${url}/books`, { ...book, genres: ['Bench'] }, token);
  }
  await db.query('VACUUM ANALYZE');
  return token;
}

async function post(url: string, body: object, token?: string): Promise<{ access_token: string }> {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as { access_token: string };
}

async function waitUntilUp(url: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const up = await fetch(url).then(
      () => true,
      () => false,
    );
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} did not answer within 20 s`);
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
