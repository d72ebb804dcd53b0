import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { NodeRealtimeClient, type NodeRealtimeOptions } from '../src/node.ts';
import { heard } from './support/heard.ts';
import { type HubServer, startHubServer, toRefusal } from './support/hub-server.ts';

const QUICK = { reconnectDelay: 1, stableAfter: 0 } as const;

function createClient(
  { url }: HubServer,
  options: NodeRealtimeOptions = {},
  token = 't1',
): NodeRealtimeClient {
  const client = new NodeRealtimeClient(url, token, { ...QUICK, ...options });
  onTestFinished(() => client.disconnect());
  return client;
}

describe('a Node client', () => {
  it('connects with its token in the address, and says so', async () => {
    const server = await startHubServer();
    const client = createClient(server, {}, 'a b+c');
    const connected = vi.fn();
    client.on('connected', connected);
    expect(client.connected).toBe(false);
    await client.connect();
    expect(client.connected).toBe(true);
    expect(connected).toHaveBeenCalledOnce();
    expect((await server.guest()).token).toBe('a b+c');
  });

  it('gives each message to the listeners of its type, and to those of all', async () => {
    const server = await startHubServer({
      onGuest: (guest) => guest.say('Broadcast', { topic: 'a', payload: 1 }),
    });
    const client = createClient(server);
    const byType = heard(client, 'Broadcast');
    const any = heard(client, 'message');
    await client.connect();
    expect(await byType).toEqual([{ topic: 'a', payload: 1 }]);
    expect(await any).toEqual([{ type: 'Broadcast', data: { topic: 'a', payload: 1 } }]);
  });

  it('sends what the documented methods say, and true for it', async () => {
    const server = await startHubServer();
    const client = createClient(server);
    expect(client.broadcast('a', 1)).toBe(false);
    await client.connect();
    expect(client.subscribe(['a', 'b.*'])).toBe(true);
    expect(client.broadcast('a', { x: 1 })).toBe(true);
    expect(client.broadcast('a', null, { echo: false, id: 'm1' })).toBe(true);
    expect(client.sendDirectMessage('user_2', 'hi', { id: 'm2' })).toBe(true);
    expect(client.unsubscribe(['a'])).toBe(true);
    expect(client.send({ type: 'Pong' })).toBe(true);
    const { said } = await server.guest();
    await expect.poll(() => said.length).toBe(6);
    expect(said).toEqual([
      { type: 'Subscribe', data: { topics: ['a', 'b.*'] }, id: expect.any(String) },
      { type: 'Broadcast', data: { topic: 'a', payload: { x: 1 } } },
      { type: 'Broadcast', data: { topic: 'a', payload: null, echo: false }, id: 'm1' },
      { type: 'DirectMessage', data: { target_user: 'user_2', payload: 'hi' }, id: 'm2' },
      { type: 'Unsubscribe', data: { topics: ['a'] } },
      { type: 'Pong' },
    ]);
  });

  it('comes back after the connection was lost, and subscribes again in one message', async () => {
    const server = await startHubServer();
    const client = createClient(server);
    client.subscribe(['before']);
    await client.connect();
    client.subscribe(['campaigns.1', 'users.*']);
    client.subscribe(['other']);
    client.unsubscribe(['other']);
    const disconnected = heard(client, 'disconnected');
    (await server.guest()).socket.terminate();
    expect(await disconnected).toEqual([{ code: 1006, reason: '' }]);
    const second = await server.guest(1);
    await expect.poll(() => second.topicsAsked()).toEqual([['before', 'campaigns.1', 'users.*']]);
  });

  it('closes with 1000 when it is told to, and does not come back', async () => {
    const server = await startHubServer();
    const client = createClient(server);
    await client.connect();
    const { socket } = await server.guest();
    const closed = once(socket, 'close');
    const disconnected = vi.fn();
    const reconnecting = vi.fn();
    client.on('disconnected', disconnected).on('reconnecting', reconnecting);
    client.disconnect();
    expect(client.connected).toBe(false);
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([1000, 'Client disconnect']);
    expect(disconnected.mock.calls).toEqual([[{ code: 1000, reason: 'Client disconnect' }]]);
    expect(reconnecting).not.toHaveBeenCalled();
  });

  it('rejects the first try that fails, goes on trying, and gives up after as many as it may', async () => {
    const server = await startHubServer();
    const client = createClient(server, { maxReconnectAttempts: 3 });
    await server.close();
    const attempts: number[] = [];
    client.on('reconnecting', ({ attempt }) => attempts.push(attempt));
    const givenUp = heard(client, 'max_reconnect_attempts_reached');
    const stopped = heard(client, 'stopped');
    await expect(client.connect()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    await givenUp;
    expect(attempts).toEqual([1, 2, 3]);
    expect(await stopped).toMatchObject([{ code: 'CONNECTION_FAILED' }]);
  });

  it.each([
    [401, 'INVALID_TOKEN', 'TOKEN_ENDED'],
    [403, 'FORBIDDEN', 'HANDSHAKE_REFUSED'],
  ])('stops at a refusal with %i %s', async (status, code, stoppedWith) => {
    const server = await startHubServer({ refuse: () => toRefusal(status, code) });
    const client = createClient(server);
    const stopped = heard(client, 'stopped');
    await expect(client.connect()).rejects.toMatchObject({
      code: 'HANDSHAKE_REFUSED',
      status,
      message: expect.stringContaining(code),
    });
    expect(await stopped).toMatchObject([{ code: stoppedWith, status }]);
    expect(server.attempts).toBe(1);
  });

  it.each([503, 429])('comes back when a refusal with %i said so', async (status) => {
    const server = await startHubServer({
      refuse: (_request, attempt) =>
        attempt === 0 ? toRefusal(status, 'BUSY', { 'retry-after': '0' }) : null,
    });
    const client = createClient(server, { reconnectDelay: 1_000_000 });
    const reconnecting = heard(client, 'reconnecting');
    await expect(client.connect()).rejects.toMatchObject({ status, retryAfterMs: 0 });
    expect(await reconnecting).toEqual([{ attempt: 1, delayMs: 0 }]);
    await server.guest();
  });
});
