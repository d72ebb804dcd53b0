import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createCore } from './support/core.ts';
import { startHubServer } from './support/hub-server.ts';

describe('the heartbeat', () => {
  it('pings both ways each interval', async () => {
    const server = await startHubServer();
    const { connection, clock, hear } = createCore(server.url);
    await connection.connect();
    const guest = await server.guest();
    const pinged = once(guest.socket, 'ping');
    clock.pass(29_999);
    expect(guest.said).toEqual([]);
    clock.pass(1);
    await pinged;
    await hear('pong');
    await expect.poll(() => guest.said).toEqual([{ type: 'Ping', data: { timestamp: expect.any(Number) } }]);
  });

  it('ends a connection that gives no answer within an interval, and comes back', async () => {
    const server = await startHubServer({ autoPong: false });
    const { connection, clock, hear } = createCore(server.url);
    await connection.connect();
    const closed = once((await server.guest()).socket, 'close');
    clock.pass(60_000);
    expect(await hear('disconnected')).toEqual({ code: 4408, reason: 'No answer to the heartbeat' });
    await closed;
    // It had lasted, so the attempts count from the beginning.
    expect(await hear('reconnecting')).toEqual({ attempt: 1, delayMs: 1_000 });
    clock.pass(1_000);
    await hear('connected', 1);
  });

  it('takes any message for a sign of life', async () => {
    const server = await startHubServer({ autoPong: false });
    const { connection, clock, hear } = createCore(server.url);
    await connection.connect();
    const guest = await server.guest();
    for (const beat of [0, 1, 2]) {
      clock.pass(30_000);
      guest.say('Broadcast', { topic: 'a', payload: beat });
      await hear('Broadcast', beat);
    }
    expect(connection.connected).toBe(true);
  });

  it('is off with an interval of 0', async () => {
    const server = await startHubServer();
    const { connection, clock } = createCore(server.url, { heartbeatInterval: 0 });
    await connection.connect();
    expect(clock.delays).toEqual([]);
  });

  it('ends with the connection', async () => {
    const server = await startHubServer();
    const { connection, clock } = createCore(server.url);
    await connection.connect();
    connection.disconnect();
    expect(clock.delays).toEqual([]);
  });
});
