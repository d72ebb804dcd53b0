// The session runner as a process of its own, which a test may kill.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { TEST_SECRET } from '@trafficflux/tooling/test-stores';

export interface RunnerProcess {
  readonly pid: number;
  readonly lines: readonly Record<string, unknown>[];
  /** Asks it over HTTP and returns the body. */
  ask(method: 'GET' | 'POST', path: string, body?: object, token?: string): Promise<RunnerAnswer>;
  /** Registers somebody and returns a token of theirs. */
  signUp(username: string): Promise<string>;
  /** Sends the signal and returns its exit code; null after SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

export interface RunnerAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any;
}

/** Starts it on a free port; returns when it listens. `databaseUrl` holds the tables of accounts, sessions and the bus. */
export async function startRunnerProcess(
  databaseUrl: string,
  environment: Record<string, string> = {},
): Promise<RunnerProcess> {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH ?? '',
      HOST: '127.0.0.1',
      PORT: '0',
      SECRET_KEY: TEST_SECRET,
      BCRYPT_COST: '4',
      SHED_EVENT_LOOP_DELAY_MS: '60000',
      ACCOUNTS_DATABASE_URL: databaseUrl,
      PLATFORM_DATABASE_URL: databaseUrl,
      ...environment,
    },
  });
  const exited = once(child, 'exit');
  const lines: Record<string, unknown>[] = [];
  const ready = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text);
    lines.push(line);
    if (line.msg === 'ready') ready.resolve(line.urls[0]);
  });
  exited.then(() => ready.reject(new Error('The session runner ended before it listened.')));
  const url = await ready.promise;

  async function ask(method: string, path: string, body?: object, token?: string): Promise<RunnerAnswer> {
    const headers = {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(url + path, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: await response.json() };
  }

  return {
    pid: child.pid ?? 0,
    lines,
    ask,
    async signUp(username) {
      const person = { username, email: `${username}@example.com`, password: 'pass word' };
      await ask('POST', '/auth/register', person);
      return (await ask('POST', '/auth/login', person)).json.access_token;
    },
    async end(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}
