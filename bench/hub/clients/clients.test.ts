import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { startNodePeer } from '../servers/peers.ts';
import { startClients } from './client-process.ts';

describe('the clients', () => {
  for (const [server, file] of [
    ['ws', 'plain-ws.ts'],
    ['socket.io', 'socket-io.ts'],
  ] as const) {
    it(`count what ${server} delivers, and note how long it took`, async () => {
      const cores = `0-${availableParallelism() - 1}`;
      const { port, pid, token, stop } = await startNodePeer(file, { cores, nodeOptions: [] });
      const clients = await startClients({ server, port, token, serverPid: pid }, 2);
      try {
        await clients.connect(20, 4);
        const topics = { prefix: 'test', count: 5 };
        await clients.subscribe({ count: 20, topics });
        const audience = { topics, recipients: 4, warmUpMs: 100, measureMs: 300 };
        const load = await clients.load({ ...audience, inFlight: 10 });
        expect(load.deliveries).toBeGreaterThan(0);
        const pace = await clients.pace({ ...audience, ratePerSecond: 100 });
        expect(pace.samples).toBe(30 * 4);
        expect(pace.p99Ms).toBeGreaterThanOrEqual(pace.p50Ms);
      } finally {
        await clients.close();
        await stop();
      }
    });

    it(`are not let in by ${server} without a token`, async () => {
      const cores = `0-${availableParallelism() - 1}`;
      const { port, pid, stop } = await startNodePeer(file, { cores, nodeOptions: [] });
      try {
        const address = { server, port, token: 'nobody', serverPid: pid };
        await expect(startClients(address, 1)).rejects.toThrow(/401|no token/);
      } finally {
        await stop();
      }
    });
  }
});
