import { describe, expect, it } from 'vitest';
import { createCore } from './support/core.ts';
import { startHubServer, toRefusal } from './support/hub-server.ts';

describe('coming back', () => {
  it('waits twice as long with each attempt, up to the longest delay, and at most so often', async () => {
    const server = await startHubServer({ refuse: () => toRefusal(502, 'AWAY') });
    const { connection, clock, hear, named } = createCore(server.url, { maxReconnectDelay: 8_000 });
    await expect(connection.connect()).rejects.toMatchObject({ status: 502 });
    for (const attempt of [1, 2, 3, 4, 5]) {
      const { delayMs } = (await hear('reconnecting', attempt - 1)) as { delayMs: number };
      clock.pass(delayMs - 1);
      expect(server.attempts).toBe(attempt);
      clock.pass(1);
      await hear('error', attempt);
    }
    expect(named('reconnecting')).toEqual(
      [1_000, 2_000, 4_000, 8_000, 8_000].map((delayMs, index) => ({ attempt: index + 1, delayMs })),
    );
    expect(named('max_reconnect_attempts_reached')).toHaveLength(1);
    expect(await hear('stopped')).toMatchObject({ status: 502 });
    expect(clock.delays).toEqual([]);
    expect(server.attempts).toBe(6);
  });

  it('comes up to half of the delay earlier, so that clients do not come all at once', async () => {
    const server = await startHubServer({ refuse: () => toRefusal(502, 'AWAY') });
    const chances = [0.998, 0.5];
    const random = () => chances.shift() ?? 0;
    const { connection, clock, hear } = createCore(server.url, { random });
    await connection.connect().catch(() => {});
    expect(await hear('reconnecting')).toEqual({ attempt: 1, delayMs: 501 });
    clock.pass(501);
    expect(await hear('reconnecting', 1)).toEqual({ attempt: 2, delayMs: 1_500 });
  });

  it('goes on counting when a connection did not last, and begins anew after one that did', async () => {
    const server = await startHubServer();
    const { connection, clock, hear } = createCore(server.url);
    await connection.connect();
    for (const [index, lastedMs] of [0, 9_999, 10_000].entries()) {
      clock.pass(lastedMs);
      (await server.guest(index)).socket.terminate();
      const { delayMs } = (await hear('reconnecting', index)) as { delayMs: number };
      clock.pass(delayMs);
      await hear('connected', index + 1);
    }
    const attempts = await Promise.all([0, 1, 2].map((index) => hear('reconnecting', index)));
    expect(attempts).toEqual([
      { attempt: 1, delayMs: 1_000 },
      { attempt: 2, delayMs: 2_000 },
      { attempt: 1, delayMs: 1_000 },
    ]);
  });

  it('waits as long as the hub says before it restarts, and a little longer by chance', async () => {
    const server = await startHubServer();
    const { connection, hear } = createCore(server.url, { random: () => 0.5 });
    await connection.connect();
    const guest = await server.guest();
    guest.say('Status', { status: 'reconnect', details: { delay_ms: 400 } });
    guest.socket.close(1012, 'The server restarts.');
    expect(await hear('disconnected')).toEqual({ code: 1012, reason: 'The server restarts.' });
    expect(await hear('reconnecting')).toEqual({ attempt: 1, delayMs: 500 });
  });

  it('takes the delay of one restart for that one only', async () => {
    const server = await startHubServer();
    const { connection, clock, hear } = createCore(server.url);
    await connection.connect();
    const guest = await server.guest();
    guest.say('Status', { status: 'reconnect', details: { delay_ms: 250 } });
    guest.socket.close(1012);
    await hear('reconnecting');
    clock.pass(250);
    await hear('connected', 1);
    (await server.guest(1)).socket.terminate();
    expect(await hear('reconnecting', 1)).toEqual({ attempt: 2, delayMs: 2_000 });
  });

  it('does not come before the Retry-After of a refusal, and after that not sooner than by itself', async () => {
    const server = await startHubServer({
      refuse: () => toRefusal(503, 'SERVER_FULL', { 'retry-after': '3' }),
    });
    const { connection, clock, hear } = createCore(server.url);
    await connection.connect().catch(() => {});
    const delays: number[] = [];
    for (const index of [0, 1, 2]) {
      const { delayMs } = (await hear('reconnecting', index)) as { delayMs: number };
      delays.push(delayMs);
      clock.pass(delayMs);
    }
    expect(delays).toEqual([3_000, 3_000, 4_000]);
  });

  it('tries at once when connect is called while it waits, and counts from the beginning', async () => {
    const server = await startHubServer({
      refuse: (_request, attempt) => (attempt < 2 ? toRefusal(502, 'AWAY') : null),
    });
    const { connection, clock, hear } = createCore(server.url);
    await connection.connect().catch(() => {});
    await hear('reconnecting');
    await expect(connection.connect()).rejects.toMatchObject({ status: 502 });
    expect(await hear('reconnecting', 1)).toEqual({ attempt: 1, delayMs: 1_000 });
    expect(clock.delays).toEqual([1_000]);
    await connection.connect();
    expect(connection.connected).toBe(true);
  });

  it('gives whoever connects twice the same try, and nothing to do when it is open', async () => {
    const server = await startHubServer();
    const { connection } = createCore(server.url);
    await Promise.all([connection.connect(), connection.connect()]);
    await connection.connect();
    expect(server.attempts).toBe(1);
  });

  it('gives up a handshake that takes too long', async () => {
    const server = await startHubServer({ refuse: () => '' });
    const { connection, clock } = createCore(server.url, { token: null });
    const connecting = connection.connect();
    await expect.poll(() => clock.delays).toEqual([10_000]);
    clock.pass(10_000);
    await expect(connecting).rejects.toMatchObject({ code: 'HANDSHAKE_TIMEOUT' });
  });
});

describe('disconnect', () => {
  it('ends a try that is on its way', async () => {
    const server = await startHubServer();
    const { connection, told, clock } = createCore(server.url);
    const connecting = connection.connect();
    connection.disconnect();
    await expect(connecting).rejects.toMatchObject({ code: 'DISCONNECTED' });
    expect(told).toEqual([]);
    expect(clock.delays).toEqual([]);
  });

  it('ends the waiting for the next try', async () => {
    const server = await startHubServer({ refuse: () => toRefusal(502, 'AWAY') });
    const { connection, clock, hear } = createCore(server.url);
    await connection.connect().catch(() => {});
    await hear('reconnecting');
    connection.disconnect();
    expect(clock.delays).toEqual([]);
  });

  it('may be called by whoever hears of the end of a connection', async () => {
    const server = await startHubServer();
    const { connection, clock, hear, named } = createCore(server.url);
    await connection.connect();
    (await server.guest()).socket.close(1012);
    void hear('disconnected').then(() => connection.disconnect());
    await hear('disconnected');
    await expect.poll(() => clock.delays).toEqual([]);
    expect(named('stopped')).toEqual([]);
  });

  it('leaves room for a new connect', async () => {
    const server = await startHubServer();
    const { connection, named } = createCore(server.url);
    await connection.connect();
    connection.disconnect();
    await connection.connect();
    expect(connection.connected).toBe(true);
    expect(named('disconnected')).toEqual([{ code: 1000, reason: 'Client disconnect' }]);
    expect(named('connected')).toHaveLength(2);
  });
});
