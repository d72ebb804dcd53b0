// The hub as a process of its own: what is measured or killed must not be the test itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Hub } from './service.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Starts a process on the stores of a hub that runs in the test, which makes accounts and logins for it. */
export async function startHubProcess(hub: Hub, environment: Record<string, string> = {}) {
  const { accounts, platform } = hub.config;
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      ACCOUNTS_DATABASE_URL: accounts.databaseUrl ?? '',
      PLATFORM_DATABASE_URL: platform.databaseUrl ?? '',
      JWT_SECRET: hub.config.tokens.secret ?? '',
      HOST: '127.0.0.1',
      PORT: '0',
      SHED_EVENT_LOOP_DELAY_MS: '60000',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let log = '';
  child.stdout?.on('data', (chunk) => {
    log += chunk;
  });
  const ended = once(child, 'exit');
  const [ready] = (await once(child, 'message')) as [{ urls: readonly string[] }];
  const url = ready.urls[0] as string;
  return { child, url, port: Number(new URL(url).port), ended, log: () => log };
}
