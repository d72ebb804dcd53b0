import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hub, startHub } from '../service.ts';
import { openSocket } from './socket.ts';

let hub: Hub;
let port: number;

beforeAll(async () => {
  hub = await startHub();
  port = await hub.port();
});
afterAll(() => hub.close());

const BROADCAST = { type: 'Broadcast', data: { topic: 'news', payload: 1 } };

async function endSession({ session_id, access_token }: { session_id: string; access_token: string }) {
  const headers = { authorization: `Bearer ${access_token}` };
  return hub.app.inject({ method: 'DELETE', url: `/sessions/${session_id}`, headers });
}

describe('a right that is taken away', () => {
  test('S11: is gone before the next message', async () => {
    const { access_token: token } = await hub.signUp('writer');
    const socket = await openSocket(port, { token });
    expect((await socket.ask(BROADCAST)).type).toBe('Ack');
    await hub.stores.accounts.setRoles('writer', ['readonly']);
    expect((await socket.ask(BROADCAST)).data.code).toBe(403);
    await hub.stores.accounts.setRoles('writer', ['user']);
    expect((await socket.ask(BROADCAST)).type).toBe('Ack');
    await socket.close();
  });

  test('S11: of an admin takes the topics of others with it', async () => {
    const { access_token: token } = await hub.signUp('boss', ['admin']);
    const topic = 'users.user_somebody.notes';
    const socket = await openSocket(port, { token });
    expect((await socket.subscribe(topic, 'news')).data.status).toBe('subscribed');
    await hub.stores.accounts.setRoles('boss', ['user']);
    socket.send(BROADCAST);
    expect((await socket.next('Status')).data).toEqual({
      status: 'unsubscribed',
      details: { topics: [topic], active_subscriptions: 1 },
    });
    await socket.close();
  });

  test('of reading ends the connection', async () => {
    const { access_token: token } = await hub.signUp('nobody');
    const socket = await openSocket(port, { token });
    await hub.stores.accounts.setRoles('nobody', []);
    socket.send(BROADCAST);
    expect((await socket.next('Error')).data.code).toBe(401);
    expect((await socket.closed).code).toBe(4401);
  });
});

describe('a session that ends', () => {
  test('S9: closes its sockets with 4401, and those of other sessions of the same user stay', async () => {
    const login = await hub.signUp('two');
    const other = await hub.logIn('two');
    const sockets = [
      await openSocket(port, { token: login.access_token }),
      await openSocket(port, { token: login.access_token }),
    ];
    const stays = await openSocket(port, { token: other.access_token });
    expect((await endSession(login)).statusCode).toBe(204);
    for (const socket of sockets) {
      expect((await socket.next('Error')).data.code).toBe(401);
      expect((await socket.closed).code).toBe(4401);
    }
    expect((await stays.ask({ type: 'Ping' })).type).toBe('Pong');
    await stays.close();
  });

  test('S9: closes them also when it ends in the store, by another node', async () => {
    const login = await hub.signUp('elsewhere');
    const socket = await openSocket(port, { token: login.access_token });
    await hub.stores.loginSessions.end(login.session_id);
    expect((await socket.closed).code).toBe(4401);
  });
});

describe('an account that is disabled or deleted', () => {
  test('S10: closes its sockets, also those that only listen', async () => {
    const [disabled, deleted] = [await hub.signUp('disabled'), await hub.signUp('deleted')];
    const sockets = [
      await openSocket(port, { token: disabled.access_token }),
      await openSocket(port, { token: deleted.access_token }),
    ];
    await hub.stores.accounts.setDisabled('disabled', true);
    await hub.removeAccount('deleted');
    for (const socket of sockets) expect((await socket.closed).code).toBe(4401);
  });
});

describe('a token that ends', () => {
  test('is asked for in time, may be renewed on the open connection, and else closes it with 4401', async () => {
    const short = await startHub({ ACCESS_TOKEN_LIFETIME_SECS: '4' });
    const shortPort = await short.port();
    const login = await short.signUp('ada');
    const renewing = await openSocket(shortPort, { token: login.access_token });
    const ending = await openSocket(shortPort, { token: login.access_token });
    await renewing.subscribe('news');

    const expiring = await renewing.next('AuthStatus');
    expect(expiring.data).toEqual({
      status: 'token_expiring',
      expires_at: expect.any(Number),
      refresh_required: true,
    });
    const { json } = await short.post('/sessions/refresh', { refresh_token: login.refresh_token });
    const renewed = await renewing.ask({ type: 'Auth', data: { token: json.access_token } }, 'AuthStatus');
    expect(renewed.data).toMatchObject({ status: 'token_renewed', refresh_required: false });
    expect(renewed.data.expires_at).toBeGreaterThan(expiring.data.expires_at);

    expect((await ending.next('Error')).data.code).toBe(401);
    expect((await ending.closed).code).toBe(4401);
    expect((await renewing.ask(BROADCAST, 'Ack')).data.recipients).toBe(1);
    await short.close();
  });

  test('asks at once where it is nearly over when the connection opens', async () => {
    const { access_token: token } = await hub.signUp('late');
    const claims = hub.app.jwt.decode(token) as Record<string, unknown>;
    const nearlyOver = hub.app.jwt.sign({ ...claims, refresh_threshold: Math.floor(Date.now() / 1000) - 10 });
    const socket = await openSocket(port, { token: nearlyOver });
    expect((await socket.next('AuthStatus')).data.status).toBe('token_expiring');
    await socket.close();
  });

  test('is not replaced by a bad one, a refresh token or one of somebody else', async () => {
    const [login, other] = [await hub.signUp('renewer'), await hub.signUp('stranger')];
    const socket = await openSocket(port, { token: login.access_token });
    const auth = async (token: string) =>
      (await socket.ask({ type: 'Auth', data: { token } }, 'Error')).data.code;
    expect(await auth('x.y.z')).toBe(401);
    expect(await auth(login.refresh_token)).toBe(401);
    expect(await auth(other.access_token)).toBe(403);
    expect((await socket.ask(BROADCAST)).type).toBe('Ack');
    await socket.close();
  });

  test('belongs to its own session after a renewal', async () => {
    const [first, second] = [await hub.signUp('mover'), await hub.logIn('mover')];
    const socket = await openSocket(port, { token: first.access_token });
    await socket.ask({ type: 'Auth', data: { token: second.access_token } }, 'AuthStatus');
    await endSession(first);
    expect((await socket.ask(BROADCAST)).type).toBe('Ack');
    await endSession(second);
    expect((await socket.closed).code).toBe(4401);
  });
});
