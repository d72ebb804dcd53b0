// The Node client on the real hub: the documented example as a process, and what needs a hub that ends things.
import { type ChildProcess, spawn } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import { NodeRealtimeClient } from '@trafficflux/realtime-client/node';
import { findFreePort } from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Hub, startHub } from '../service.ts';
import { openSocket } from '../sockets/socket.ts';
import { collectOutput } from './output.ts';
import { openWorkshop } from './workshop.ts';

let hub: Hub;
let url: string;

beforeAll(async () => {
  hub = await startHub();
  url = `ws://127.0.0.1:${await hub.port()}/ws`;
});

afterAll(() => hub.close());

function createClient(...args: ConstructorParameters<typeof NodeRealtimeClient>): NodeRealtimeClient {
  const client = new NodeRealtimeClient(...args);
  onTestFinished(() => client.disconnect());
  return client;
}

function heard(client: NodeRealtimeClient, event: string): Promise<unknown> {
  return new Promise((resolve) => {
    (client as EventEmitter).once(event, resolve);
  });
}

describe('the documented Node example', () => {
  async function startExample(
    token: string,
  ): Promise<{ readonly child: ChildProcess; readonly output: () => string }> {
    const workshop = await openWorkshop();
    onTestFinished(() => workshop.close());
    const child = spawn(process.execPath, [await workshop.take('node-client.mjs'), url, token]);
    onTestFinished(() => void child.kill('SIGKILL'));
    return { child, output: collectOutput(child) };
  }

  it('subscribes, hears its own broadcast and direct messages, and ends with its connection', async () => {
    const login = await hub.signUp('noder');
    const { child, output } = await startExample(login.access_token);
    await expect
      .poll(output)
      .toContain(
        'Broadcast received: notifications {"title":"Hello from Node.js","message":"This is a test notification"}',
      );
    const other = await openSocket(await hub.port(), { token: login.access_token });
    other.send({ type: 'DirectMessage', data: { target_user: login.user.id, payload: 'hi' } });
    await expect.poll(output).toContain(`Direct message from ${login.user.id} : "hi"`);
    other.ws.close();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(output()).toContain('Disconnected: 1000 - Client disconnect');
  });

  it('says that its token is no good, and ends', async () => {
    const { child, output } = await startExample('no token');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(output()).toContain('Failed to connect: The hub refused the connection');
    expect(output()).toContain('INVALID_TOKEN');
  });
});

describe('the Node client', () => {
  it('renews its token on the open connection, and goes on past the end of the first one', async () => {
    const short = await startHub({ ACCESS_TOKEN_LIFETIME_SECS: '8' });
    onTestFinished(() => short.close());
    const shortUrl = `ws://127.0.0.1:${await short.port()}/ws`;
    const { access_token: token, refresh_token: refreshToken } = await short.signUp('renewer');
    const client = createClient(shortUrl, token, { refreshToken });
    let statuses: string[] = [];
    client.on('AuthStatus', ({ status }) => statuses.push(status));
    // A machine that stands still for a quarter of the token's life loses the connection, and then it begins anew.
    client.on('disconnected', () => {
      statuses = [];
    });
    await client.connect();
    // The second warning is for the second token: by then the first is over.
    const all = ['token_expiring', 'token_renewed', 'token_expiring'];
    await expect.poll(() => statuses.join(), { timeout: 80_000 }).toContain(all.join());
  });

  it('does not come back when its session was ended, and says so', async () => {
    const login = await hub.signUp('leaver');
    const client = createClient(url, login.access_token, {
      refreshToken: login.refresh_token,
      reconnectDelay: 1,
    });
    await client.connect();
    const [disconnected, stopped] = [heard(client, 'disconnected'), heard(client, 'stopped')];
    const bearer = { authorization: `Bearer ${login.access_token}` };
    await hub.app.inject({ method: 'DELETE', url: `/sessions/${login.session_id}`, headers: bearer });
    expect(await disconnected).toMatchObject({ code: 4401 });
    expect(await stopped).toMatchObject({ code: 'TOKEN_ENDED', status: 401 });
  });

  it('comes back after a restart when the hub said, subscribed as before', async () => {
    const port = await findFreePort();
    const first = await startHub({ PORT: String(port) });
    onTestFinished(() => first.close());
    await first.port();
    const { access_token: token, user } = await first.signUp('stayer');
    const client = createClient(`ws://127.0.0.1:${port}/ws`, token, { maxReconnectAttempts: 50 });
    await client.connect();
    client.subscribe(['news.*', `users.${user.id}.automation`]);
    await heard(client, 'Status');
    const [disconnected, reconnecting] = [heard(client, 'disconnected'), heard(client, 'reconnecting')];
    await first.app.close();
    expect(await disconnected).toMatchObject({ code: 1012 });
    expect(await reconnecting).toMatchObject({ attempt: 1, delayMs: expect.any(Number) });
    const connected = heard(client, 'connected');
    const databaseUrl = first.config.platform.databaseUrl ?? '';
    const stores = { ACCOUNTS_DATABASE_URL: databaseUrl, PLATFORM_DATABASE_URL: databaseUrl };
    const second = await startHub({ PORT: String(port), ...stores });
    onTestFinished(() => second.close());
    await second.port();
    await connected;
    const broadcast = heard(client, 'Broadcast');
    client.broadcast('news.today', 'back again');
    expect(await broadcast).toMatchObject({ topic: 'news.today', payload: 'back again' });
  });

  it('may be full of a hub that has no place, and comes in when one is free', async () => {
    const small = await startHub({ MAX_CONNECTIONS: '1' });
    onTestFinished(() => small.close());
    const { access_token: token } = await small.signUp('waiter');
    const guest = await openSocket(await small.port(), { token });
    const client = createClient(`ws://127.0.0.1:${await small.port()}/ws`, token);
    const reconnecting = heard(client, 'reconnecting');
    await expect(client.connect()).rejects.toMatchObject({ status: 503, retryAfterMs: expect.any(Number) });
    await reconnecting;
    guest.ws.close();
    await heard(client, 'connected');
  });
});
