// docs/realtime-clients.md has the same as a table.
import { describe, expect, it } from 'vitest';
import { createCore } from './support/core.ts';
import { type HubServer, startHubServer, toRefusal } from './support/hub-server.ts';

async function connectAndClose(server: HubServer, code: number, options = {}) {
  const core = createCore(server.url, options);
  await core.connection.connect();
  (await server.guest()).socket.close(code, 'because');
  expect(await core.hear('disconnected')).toEqual({ code, reason: 'because' });
  return core;
}

describe('after a connection was closed with', () => {
  it.each([1001, 1011, 1012, 1013, 1014, 3000, 4000, 4408, 4508])(
    '%i the client comes back',
    async (code) => {
      const { hear, named } = await connectAndClose(await startHubServer(), code);
      expect(await hear('reconnecting')).toEqual({ attempt: 1, delayMs: 1_000 });
      expect(named('stopped')).toEqual([]);
    },
  );

  it('4429 it comes back after ten times the delay', async () => {
    const { hear } = await connectAndClose(await startHubServer(), 4429);
    expect(await hear('reconnecting')).toEqual({ attempt: 1, delayMs: 10_000 });
  });

  it.each([1002, 1003, 1007, 1008, 1009, 1010])('%i it does not, and says so as an error', async (code) => {
    const { hear, clock } = await connectAndClose(await startHubServer(), code);
    expect(await hear('stopped')).toMatchObject({ code: 'CONNECTION_CLOSED', closeCode: code });
    expect(await hear('error')).toMatchObject({
      closeCode: code,
      message: expect.stringContaining('because'),
    });
    expect(clock.delays).toEqual([]);
  });

  it('1000 it does not, and that is no error', async () => {
    const { hear, named, clock } = await connectAndClose(await startHubServer(), 1000);
    expect(await hear('stopped')).toMatchObject({ code: 'CONNECTION_CLOSED', closeCode: 1000 });
    expect(named('error')).toEqual([]);
    expect(clock.delays).toEqual([]);
  });

  it('4401 it does not come back with the same token', async () => {
    const { hear, named, clock } = await connectAndClose(await startHubServer(), 4401);
    expect(await hear('stopped')).toMatchObject({ code: 'TOKEN_ENDED', closeCode: 4401 });
    expect(named('error')).toHaveLength(1);
    expect(clock.delays).toEqual([]);
  });

  it('4401 it comes back with a new token', async () => {
    const server = await startHubServer();
    const { hear, clock } = await connectAndClose(server, 4401, { getToken: async () => 't2' });
    await hear('reconnecting');
    clock.pass(1_000);
    await hear('connected', 1);
    expect(server.guests.map(({ token }) => token)).toEqual(['t1', 't2']);
  });
});

describe('after a refusal before the upgrade with', () => {
  it.each([400, 403, 410, 426])('%i the client does not try again', async (status) => {
    const server = await startHubServer({ refuse: () => toRefusal(status, 'NO') });
    const { connection, hear, clock } = createCore(server.url);
    await expect(connection.connect()).rejects.toMatchObject({ code: 'HANDSHAKE_REFUSED', status });
    expect(await hear('stopped')).toMatchObject({ status });
    expect(clock.delays).toEqual([]);
  });

  it.each([404, 408, 429, 500, 502, 503, 504])('%i it tries again', async (status) => {
    const server = await startHubServer({ refuse: () => toRefusal(status, 'LATER') });
    const { connection, hear } = createCore(server.url);
    await expect(connection.connect()).rejects.toMatchObject({ status });
    expect(await hear('reconnecting')).toEqual({ attempt: 1, delayMs: 1_000 });
  });

  it('401 it tries again with a new token only', async () => {
    const server = await startHubServer({
      refuse: ({ url }) => (url?.endsWith('=t1') ? toRefusal(401, 'TOKEN_EXPIRED') : null),
    });
    const core = createCore(server.url, { getToken: () => 't2' });
    await expect(core.connection.connect()).rejects.toMatchObject({ status: 401 });
    await core.hear('reconnecting');
    core.clock.pass(1_000);
    await core.hear('connected');
    expect((await server.guest()).token).toBe('t2');
  });
});
