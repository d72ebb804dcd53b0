import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { RealtimeClient } from '../src/index.ts';
import { NodeRealtimeClient } from '../src/node.ts';
import { heard } from './support/heard.ts';
import { startHubServer } from './support/hub-server.ts';

// Node has the WebSocket of browsers too, so that both clients keep the same facts here; Chromium has its own tests.
const CLIENTS = { RealtimeClient, NodeRealtimeClient };

describe.each(Object.entries(CLIENTS))('a %s', (_name, Client) => {
  async function connectWith(prepare?: (client: InstanceType<typeof Client>) => void) {
    const server = await startHubServer();
    const client = new Client(server.url, 't1');
    onTestFinished(() => client.disconnect());
    prepare?.(client);
    await client.connect();
    return { client: client as NodeRealtimeClient, guest: await server.guest() };
  }

  it('gives a message to all handlers of its type', async () => {
    const { client, guest } = await connectWith();
    const [first, second] = [vi.fn(), vi.fn()];
    client.on('Broadcast', first);
    client.on('Broadcast', second);
    const told = heard(client, 'message');
    guest.say('Broadcast', { topic: 'a', payload: 1 });
    await told;
    expect([first.mock.calls, second.mock.calls]).toEqual(Array(2).fill([[{ topic: 'a', payload: 1 }]]));
  });

  it('gives no more messages to a handler that was taken away', async () => {
    const { client, guest } = await connectWith();
    const [gone, kept] = [vi.fn(), vi.fn()];
    client.on('Broadcast', gone);
    client.on('Broadcast', kept);
    client.off('Broadcast', gone);
    const told = heard(client, 'message');
    guest.say('Broadcast', {});
    await told;
    expect(gone).not.toHaveBeenCalled();
    expect(kept).toHaveBeenCalledOnce();
  });

  it('lets pass what it does not know', async () => {
    const { client, guest } = await connectWith();
    const errors = vi.fn();
    client.on('error', errors);
    const told = heard(client, 'message');
    guest.say('Presence', { who: 'knows' });
    expect(await told).toEqual([{ type: 'Presence', data: { who: 'knows' } }]);
    expect(errors).not.toHaveBeenCalled();
    expect(client.connected).toBe(true);
  });

  it.each(['{', '[]', 'null', '{"type":1}', ''])('tells of %j as an error, and goes on', async (text) => {
    const { client, guest } = await connectWith();
    const error = heard(client, 'error');
    guest.socket.send(text);
    expect(await error).toMatchObject([{ name: 'RealtimeError', code: 'INVALID_MESSAGE' }]);
    const told = heard(client, 'Ack');
    guest.say('Ack', { message_id: 'm' });
    expect(await told).toEqual([{ message_id: 'm' }]);
  });

  it('tells of bytes as an error, and goes on', async () => {
    const { client, guest } = await connectWith();
    const error = heard(client, 'error');
    guest.socket.send(Buffer.from('{"type":"Broadcast"}'));
    expect(await error).toMatchObject([{ code: 'INVALID_MESSAGE' }]);
    expect(client.connected).toBe(true);
  });

  it('outlives a handler that throws, tells of it, and calls the others', async () => {
    const { client, guest } = await connectWith();
    const after = vi.fn();
    const boom = new Error('boom');
    client.on('Broadcast', () => {
      throw boom;
    });
    client.on('Broadcast', after);
    const error = heard(client, 'error');
    guest.say('Broadcast', {});
    expect(await error).toEqual([boom]);
    expect(after).toHaveBeenCalledOnce();
    expect(client.connected).toBe(true);
  });

  it('outlives a handler whose promise fails', async () => {
    const { client, guest } = await connectWith();
    const boom = new Error('boom');
    client.on('Broadcast', async () => {
      throw boom;
    });
    const error = heard(client, 'error');
    guest.say('Broadcast', {});
    expect(await error).toEqual([boom]);
  });

  it('writes to the console what a handler throws while nobody listens to errors', async () => {
    const { client, guest } = await connectWith();
    const written = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => written.mockRestore());
    client.on('Broadcast', () => {
      throw new Error('boom');
    });
    const told = heard(client, 'message');
    guest.say('Broadcast', {});
    await told;
    expect(written).toHaveBeenCalledWith(expect.stringContaining('Broadcast'), new Error('boom'));
  });

  it('does not take a message for an event of its own', async () => {
    const { client, guest } = await connectWith();
    const events = vi.fn();
    for (const event of ['disconnected', 'error', 'stopped', 'connected'] as const) client.on(event, events);
    for (const type of ['disconnected', 'error', 'stopped', 'connected']) guest.say(type, {});
    const told = heard(client, 'Ack');
    guest.say('Ack', {});
    await told;
    expect(events).not.toHaveBeenCalled();
  });

  it('refuses addresses, options and topics that are none', () => {
    expect(() => new Client('nowhere', 't')).toThrow(TypeError);
    expect(() => new Client('ftp://a/ws', 't')).toThrow(/ws:\/\/ or wss:\/\//);
    expect(() => new Client('ws://a/ws', 't', { reconnectDelay: -1 })).toThrow(/reconnectDelay.*-1/);
    expect(() => new Client('ws://a/ws', 't').subscribe('a' as never)).toThrow(/array/);
  });

  it('takes http addresses for those of WebSockets', async () => {
    const server = await startHubServer();
    const client = new Client(server.url.replace('ws:', 'http:'), 't1');
    onTestFinished(() => client.disconnect());
    await client.connect();
    expect(client.connected).toBe(true);
  });
});
