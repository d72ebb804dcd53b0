// The servers that ours stands beside.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../free-port.ts';
import { PEER_SECRET, signPeerToken } from '../peers/token.ts';
import { startChild } from './child.ts';
import type { Place, RunningServer } from './servers.ts';

export async function startNodePeer(
  file: string,
  { cores, nodeOptions }: Pick<Place, 'cores' | 'nodeOptions'>,
): Promise<RunningServer> {
  const port = await findFreePort();
  const script = fileURLToPath(new URL(`../peers/${file}`, import.meta.url));
  const child = await startChild([process.execPath, ...nodeOptions, script, String(port)], {
    cores,
    isReady: (line) => line === 'ready',
  });
  return { port, pid: child.pid, token: signPeerToken('bench'), stop: child.stop };
}

/** No history, no presence, no limits; the JSON protocol. What it joins in one frame and how is its own default. */
export async function startCentrifugo({ cores, folder }: Place): Promise<RunningServer> {
  const port = await findFreePort();
  const file = join(folder, `centrifugo-${port}.json`);
  const config = {
    http_server: { address: '127.0.0.1', port },
    log: { level: 'info' },
    usage_stats: { disabled: true },
    client: {
      token: { hmac_secret_key: PEER_SECRET },
      ping_interval: '3600s',
      pong_timeout: '60s',
      queue_max_size: 64 * 2 ** 20,
    },
    channel: { without_namespace: { allow_subscribe_for_client: true, allow_publish_for_client: true } },
    websocket: { write_timeout: '60s' },
  };
  writeFileSync(file, JSON.stringify(config));
  const child = await startChild(['centrifugo', '--config', file], {
    cores,
    isReady: (line) => line.includes('serving websocket'),
  });
  // It says so a little before it listens.
  await waitUntilListening(port);
  return { port, pid: child.pid, token: signPeerToken('bench'), stop: child.stop };
}

async function waitUntilListening(port: number): Promise<void> {
  for (let tries = 200; tries > 0; tries -= 1) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await wait(50);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`nobody listens on port ${port}`);
}
