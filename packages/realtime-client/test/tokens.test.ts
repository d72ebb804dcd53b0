import { describe, expect, it } from 'vitest';
import { createCore } from './support/core.ts';
import { startHubServer, toRefusal } from './support/hub-server.ts';

const SESSION = { refreshToken: 'r1' } as const;

function toJwt(exp: number): string {
  return ['{}', JSON.stringify({ exp })]
    .map((part) => Buffer.from(part).toString('base64url'))
    .concat('s')
    .join('.');
}

function expire(guest: { say(type: string, data: unknown): void }): void {
  guest.say('AuthStatus', { status: 'token_expiring', expires_at: 1, refresh_required: true });
}

describe('the token', () => {
  it('comes from a function before each connection', async () => {
    const server = await startHubServer();
    let count = 0;
    const { connection, clock, hear } = createCore(server.url, { token: async () => `t${++count}` });
    await connection.connect();
    (await server.guest()).socket.terminate();
    await hear('reconnecting');
    clock.pass(1_000);
    await hear('connected', 1);
    expect(server.guests.map(({ token }) => token)).toEqual(['t1', 't2']);
  });

  it('stands in a subprotocol where that is wanted, and not in the address', async () => {
    const server = await startHubServer();
    const { connection } = createCore(server.url, { token: 'a.b-c_d', tokenPlace: 'subprotocol' });
    await connection.connect();
    const { request, token } = await server.guest();
    expect(token).toBeNull();
    expect(request.headers['sec-websocket-protocol']).toBe('access_token.a.b-c_d');
  });

  it('stands in the Authorization header where that is wanted, and not in the address', async () => {
    const server = await startHubServer();
    const { connection } = createCore(server.url, { tokenPlace: 'header' });
    await connection.connect();
    const { request, token } = await server.guest();
    expect(token).toBeNull();
    expect(request.headers.authorization).toBe('Bearer t1');
  });

  it('is left out for anonymous clients', async () => {
    const server = await startHubServer();
    const { connection } = createCore(server.url, { token: null });
    await connection.connect();
    expect((await server.guest()).request.url).toBe('/ws');
  });

  it('is renewed before a handshake when it is known to be over', async () => {
    const server = await startHubServer({ refresh: () => ({ status: 200, body: { access_token: 't2' } }) });
    const { connection } = createCore(server.url, { ...SESSION, token: toJwt(1) });
    await connection.connect();
    expect((await server.guest()).token).toBe('t2');
    expect(server.refreshes).toEqual([{ refresh_token: 'r1' }]);
  });

  it('is not renewed while it has time', async () => {
    const server = await startHubServer();
    const token = toJwt(Date.now() / 1000 + 3600);
    const { connection } = createCore(server.url, { ...SESSION, token });
    await connection.connect();
    expect((await server.guest()).token).toBe(token);
    expect(server.refreshes).toEqual([]);
  });

  it('is not asked for again when the new one is the one that was refused', async () => {
    const server = await startHubServer({ refuse: () => toRefusal(401, 'INVALID_TOKEN') });
    const { connection, clock, hear } = createCore(server.url, { token: () => 't1' });
    await expect(connection.connect()).rejects.toMatchObject({ status: 401 });
    await hear('reconnecting');
    clock.pass(1_000);
    expect(await hear('stopped')).toMatchObject({ code: 'TOKEN_ENDED' });
    expect(server.attempts).toBe(1);
  });

  it('is waited for as for the hub itself when it does not come', async () => {
    const server = await startHubServer();
    const cause = new Error('the network is away');
    let isAway = true;
    const token = () => {
      if (isAway) throw cause;
      return 't1';
    };
    const { connection, clock, hear } = createCore(server.url, { token });
    await expect(connection.connect()).rejects.toMatchObject({ code: 'TOKEN_UNAVAILABLE', cause });
    await hear('reconnecting');
    isAway = false;
    clock.pass(1_000);
    await hear('connected');
  });
});

describe('on an open connection', () => {
  it('a new token is sent when the hub says that the old one ends soon', async () => {
    const server = await startHubServer({ refresh: () => ({ status: 200, body: { access_token: 't2' } }) });
    const { connection, clock, hear } = createCore(server.url, SESSION);
    await connection.connect();
    const guest = await server.guest();
    expire(guest);
    await expect.poll(() => guest.said).toEqual([{ type: 'Auth', data: { token: 't2' } }]);
    expect(await hear('AuthStatus')).toMatchObject({ status: 'token_expiring' });
    guest.socket.terminate();
    await hear('reconnecting');
    clock.pass(1_000);
    expect((await server.guest(1)).token).toBe('t2');
    expect(server.refreshes).toEqual([{ refresh_token: 'r1' }]);
  });

  it('the renewal is tried again when it fails, while the connection goes on', async () => {
    const answers = [
      { status: 503, body: {} },
      { status: 200, body: { access_token: 't2' } },
    ];
    const server = await startHubServer({ refresh: () => answers.shift() ?? { status: 500, body: {} } });
    const { connection, clock, hear } = createCore(server.url, { ...SESSION, heartbeatInterval: 0 });
    await connection.connect();
    const guest = await server.guest();
    expire(guest);
    expect(await hear('error')).toMatchObject({ code: 'TOKEN_UNAVAILABLE', status: 503 });
    expect(connection.connected).toBe(true);
    expect(clock.delays).toEqual([1_000]);
    clock.pass(1_000);
    await expect.poll(() => guest.said).toEqual([{ type: 'Auth', data: { token: 't2' } }]);
  });

  it('a session that is over is told, and not asked for again', async () => {
    const server = await startHubServer({ refresh: () => ({ status: 401, body: {} }) });
    const { connection, clock, hear } = createCore(server.url, { ...SESSION, heartbeatInterval: 0 });
    await connection.connect();
    expire(await server.guest());
    expect(await hear('error')).toMatchObject({ code: 'TOKEN_ENDED', status: 401 });
    expect(clock.delays).toEqual([]);
    (await server.guest()).socket.close(4401);
    await hear('reconnecting');
    clock.pass(1_000);
    expect(await hear('stopped')).toMatchObject({ code: 'TOKEN_ENDED' });
  });

  it('a new token that is the old one is not sent, so that the hub does not ask without end', async () => {
    const server = await startHubServer();
    const { connection, hear } = createCore(server.url, { token: () => 't1' });
    await connection.connect();
    const guest = await server.guest();
    expire(guest);
    expect(await hear('error')).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
    expect(guest.said).toEqual([]);
  });

  it('without a way to a new token the application alone hears of it', async () => {
    const server = await startHubServer();
    const { connection, hear, named } = createCore(server.url);
    await connection.connect();
    const guest = await server.guest();
    expire(guest);
    await hear('AuthStatus');
    expect(guest.said).toEqual([]);
    expect(named('error')).toEqual([]);
  });
});
