/** A session runner for the benchmark: PostgreSQL where this process runs, the service on cores of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '@trafficflux/embedded-postgres';
import { Agent, request } from 'undici';
import { connectInspector, type Inspector } from './inspector.ts';

const source = (name: string) =>
  fileURLToPath(new URL(`../../apps/session-runner/src/${name}`, import.meta.url));

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of any shape
  readonly json: any;
}

export interface Runner {
  readonly url: string;
  readonly token: string;
  /** For what belongs to it, until it has stopped. */
  readonly folder: string;
  get(path: string): Promise<Answer>;
  post(path: string, body?: object): Promise<Answer>;
  readonly inspector: Inspector;
  /** Of all its threads, since it started. */
  readCpuSeconds(): Promise<number>;
  /** From now on it runs there, with all of its threads. */
  pinTo(core: string): void;
  stop(): Promise<void>;
}

/** Starts it, on all cores, with somebody who is logged in. */
export async function startRunner(folder: string, environment: Record<string, string>): Promise<Runner> {
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  await postgres.createDatabase('runner');
  const databaseUrl = postgres.url('runner');
  const env = {
    ...process.env,
    ACCOUNTS_DATABASE_URL: databaseUrl,
    PLATFORM_DATABASE_URL: databaseUrl,
    SECRET_KEY: 'x'.repeat(48),
    HOST: '127.0.0.1',
    PORT: '0',
    MAX_ACTIVE_SESSIONS_PER_USER: '0',
    // Threads that start take all of a small machine, and that is not what is measured.
    ACCOUNTS_CONNECT_TIMEOUT_MS: '60000',
    ACCOUNTS_ANSWER_TIMEOUT_MS: '60000',
    SHED_EVENT_LOOP_DELAY_MS: '60000',
    ...environment,
  };
  await runMigrations(env);
  const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', source('main.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const [url, inspectorUrl] = await Promise.all([
    findLine(child.stdout, /"urls":\["([^"]+)"/, 'ready'),
    findLine(child.stderr, /(ws:\/\/\S+)/, 'Debugger listening'),
  ]);
  const agent = new Agent({ connections: 64 });
  const inspector = await connectInspector(inspectorUrl);
  const ask = createAsk(url, agent);
  const token = await signUp(ask);
  const headers = { authorization: `Bearer ${token}` };
  return {
    url,
    token,
    folder,
    inspector,
    readCpuSeconds: () => readCpuSeconds(url, agent),
    pinTo: (core) => void spawnSync('taskset', ['-a', '-c', '-p', core, String(child.pid)]),
    get: (path) => ask('GET', path, undefined, headers),
    post: (path, body) => ask('POST', path, body, headers),
    async stop() {
      inspector.close();
      await agent.close();
      child.kill('SIGTERM');
      await exited;
      await postgres.stop();
    },
  };
}

async function runMigrations(env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [source('migrate.ts')], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('the migration failed');
}

/** Reads on after the line was found, so that the service never waits for us. */
async function findLine(stream: NodeJS.ReadableStream, pattern: RegExp, mark: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const lines = createInterface({ input: stream });
  lines.on('line', (line) => {
    const found = line.includes(mark) ? pattern.exec(line)?.[1] : undefined;
    if (found !== undefined) resolve(found);
  });
  lines.on('close', () => reject(new Error(`the session runner ended without "${mark}"`)));
  return promise;
}

async function readCpuSeconds(url: string, dispatcher: Agent): Promise<number> {
  const { body } = await request(`${url}/metrics`, { dispatcher });
  return Number(/^process_cpu_seconds_total\{.*\} ([\d.]+)$/m.exec(await body.text())?.[1]);
}

function createAsk(url: string, dispatcher: Agent) {
  return async (
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ) => {
    const { statusCode, body: answer } = await request(url + path, {
      method,
      dispatcher,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      body: body ? JSON.stringify(body) : null,
    });
    return { status: statusCode, json: await answer.json() } as Answer;
  };
}

async function signUp(ask: ReturnType<typeof createAsk>): Promise<string> {
  const person = { username: 'bench', email: 'bench@example.com', password: 'bench-password' };
  await ask('POST', '/auth/register', person);
  const { status, json } = await ask('POST', '/auth/login', person);
  if (status !== 200) throw new Error(`the login was answered ${status}`);
  return json.access_token;
}
