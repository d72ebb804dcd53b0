// Our hub, as it is started anywhere, with its limits switched off.
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { startChild } from './child.ts';
import type { Place, RunningServer } from './servers.ts';

/** More than the benchmark opens. */
const MAX_CONNECTIONS = '20000';

export function toHubFile(name: string): string {
  return fileURLToPath(new URL(`../../../apps/realtime-hub/src/${name}`, import.meta.url));
}

export async function startHub({ cores, nodeOptions, stores }: Place): Promise<RunningServer> {
  const child = await startChild([process.execPath, ...nodeOptions, toHubFile('main.ts')], {
    cores,
    env: {
      ...stores.env,
      JWT_SECRET: 'x'.repeat(48),
      HOST: '127.0.0.1',
      PORT: '0',
      MAX_CONNECTIONS,
      ...toLimits('0'),
      // A core that is full for a while is what is measured.
      SHED_EVENT_LOOP_DELAY_MS: '60000',
      HEARTBEAT_INTERVAL_SECS: '3600',
      CLIENT_TIMEOUT_SECS: '7200',
      DRAIN_WINDOW_MS: '0',
    },
    isReady: (line) => line.includes('"urls":["'),
  });
  const url = /"urls":\["([^"]+)"/.exec(child.ready)?.[1] ?? '';
  try {
    const token = await logIn(url, stores);
    return { port: Number(new URL(url).port), pid: child.pid, token, stop: child.stop };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function toLimits(value: string): Record<string, string> {
  const names = ['CONNECTION', 'USER', 'GLOBAL'].map((name) => `RATE_LIMIT_${name}_RPS`);
  return Object.fromEntries(names.map((name) => [name, value]));
}

async function logIn(url: string, { username, password }: Place['stores']): Promise<string> {
  const { statusCode, body } = await request(`${url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  const answer = (await body.json()) as { access_token: string };
  if (statusCode !== 200) throw new Error(`the login was answered ${statusCode}: ${JSON.stringify(answer)}`);
  return answer.access_token;
}
