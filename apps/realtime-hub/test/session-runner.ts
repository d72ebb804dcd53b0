// The session runner beside the hub: a process of its own, with the same accounts.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SupervisorMessage } from '@trafficflux/service-kit';
import { TEST_SECRET } from '@trafficflux/tooling/test-stores';
import type { Hub } from './service.ts';

export interface SessionRunner {
  readonly url: string;
  post(path: string, body: object): Promise<Answer>;
  get(path: string, token: string): Promise<Answer>;
  end(): Promise<void>;
}

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any;
}

/** Starts it on a free port and on the database of the hub; it signs with the hub's secret. */
export async function startSessionRunner({ databaseUrl }: Pick<Hub, 'databaseUrl'>): Promise<SessionRunner> {
  const environment = {
    PATH: process.env.PATH ?? '',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'warn',
    SECRET_KEY: TEST_SECRET,
    BCRYPT_COST: '4',
    SHED_EVENT_LOOP_DELAY_MS: '60000',
    ACCOUNTS_DATABASE_URL: databaseUrl,
    PLATFORM_DATABASE_URL: databaseUrl,
  };
  const run = (file: string) =>
    fork(fileURLToPath(new URL(`../../session-runner/src/${file}`, import.meta.url)), {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  await once(run('migrate.ts'), 'exit');
  const child = run('main.ts');
  const url = await untilReady(child);

  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(url + path, init);
    return { status: response.status, json: await response.json() };
  };
  return {
    url,
    post: (path, body) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    get: (path, token) => ask(path, { headers: { authorization: `Bearer ${token}` } }),
    async end() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function untilReady(child: ChildProcess): Promise<string> {
  const [message] = (await once(child, 'message')) as [SupervisorMessage];
  if (message.type !== 'ready') throw new Error(`The session runner did not start: ${message.message}`);
  return message.urls[0] ?? '';
}
