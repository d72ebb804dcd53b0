import { describe, expect, it } from 'vitest';
import { createCore } from './support/core.ts';
import { type Guest, startHubServer } from './support/hub-server.ts';

/** Answers as the hub does: topics with `secret` are somebody else's. */
function answerLikeTheHub(guest: Guest): void {
  guest.socket.on('message', (text) => {
    const { type, data, id } = JSON.parse(String(text));
    if (type !== 'Subscribe') return;
    const foreign = data.topics.find((topic: string) => topic.includes('secret'));
    if (foreign === undefined) {
      const details = { topics: data.topics, active_subscriptions: data.topics.length };
      guest.say('Status', { status: 'subscribed', details });
    } else {
      const details = { topic: foreign, message_id: id };
      guest.say('Error', { code: 403, message: 'This topic belongs to another user.', details });
    }
  });
}

async function startAndConnect(onGuest?: (guest: Guest, index: number) => void) {
  const server = await startHubServer(onGuest === undefined ? {} : { onGuest });
  const core = createCore(server.url, { heartbeatInterval: 0 });
  await core.connection.connect();
  const loseAndComeBack = async () => {
    const index = server.guests.length;
    server.guests.at(-1)?.socket.terminate();
    await core.hear('reconnecting', index - 1);
    core.clock.pass(100_000);
    await core.hear('connected', index);
    return server.guest(index);
  };
  return { ...core, server, loseAndComeBack };
}

describe('subscriptions', () => {
  it('are asked for again in one message, patterns too, without what was given back', async () => {
    const { connection, hear, loseAndComeBack } = await startAndConnect(answerLikeTheHub);
    connection.subscribe(['campaigns.1', 'users.*.automation']);
    connection.subscribe(['a.**', 'b']);
    connection.unsubscribe(['b']);
    await hear('Status', 1);
    const guest = await loseAndComeBack();
    await expect.poll(() => guest.topicsAsked()).toEqual([['campaigns.1', 'users.*.automation', 'a.**']]);
    expect(connection.topics).toEqual(['campaigns.1', 'users.*.automation', 'a.**']);
  });

  it('that were refused are not asked for again, and do not cost the others', async () => {
    const { connection, hear, loseAndComeBack } = await startAndConnect(answerLikeTheHub);
    connection.subscribe(['a']);
    connection.subscribe(['b', 'users.2.secret']);
    await hear('Error');
    expect(connection.topics).toEqual(['a']);
    const guest = await loseAndComeBack();
    await expect.poll(() => guest.topicsAsked()).toEqual([['a']]);
  });

  it('that are refused later cost no more than themselves', async () => {
    const { connection, hear, loseAndComeBack } = await startAndConnect((guest, index) => {
      if (index > 0) answerLikeTheHub(guest);
      else
        guest.socket.on('message', (text) => {
          const details = { topics: JSON.parse(String(text)).data.topics };
          guest.say('Status', { status: 'subscribed', details });
        });
    });
    connection.subscribe(['a', 'secret.1', 'b', 'secret.2']);
    await hear('Status');
    const guest = await loseAndComeBack();
    await hear('Status', 1);
    expect(guest.topicsAsked()).toEqual([
      ['a', 'secret.1', 'b', 'secret.2'],
      ['a', 'b', 'secret.2'],
      ['a', 'b'],
    ]);
    expect(connection.topics).toEqual(['a', 'b']);
  });

  it('that got no answer are asked for apart from those that are sure', async () => {
    const { connection, hear, loseAndComeBack } = await startAndConnect((guest, index) => {
      if (index === 0)
        guest.socket.once('message', () => {
          guest.say('Status', { status: 'subscribed', details: { topics: ['a'] } });
        });
    });
    connection.subscribe(['a']);
    await hear('Status');
    connection.subscribe(['b']);
    const guest = await loseAndComeBack();
    await expect.poll(() => guest.topicsAsked()).toEqual([['a'], ['b']]);
  });

  it.each([429, 503])('are asked for again after a while when the hub answers %i', async (code) => {
    const { connection, clock, hear, server } = await startAndConnect((guest) => {
      guest.socket.once('message', (text) => {
        const details = { message_id: JSON.parse(String(text)).id, retry_after_ms: 700 };
        guest.say('Error', { code, message: 'Later.', details });
      });
    });
    connection.subscribe(['a']);
    await hear('Error');
    expect(clock.delays).toEqual([700]);
    clock.pass(700);
    const guest = await server.guest();
    await expect.poll(() => guest.topicsAsked()).toEqual([['a'], ['a']]);
  });

  it('are asked for again when the hub refused a message too many, unread and so without its id', async () => {
    const { connection, clock, hear, server } = await startAndConnect((guest) => {
      guest.socket.once('message', () => {
        guest.say('Error', { code: 429, message: 'Too many messages.', details: { retry_after_ms: 50 } });
      });
    });
    connection.subscribe(['a']);
    await hear('Error');
    clock.pass(50);
    const guest = await server.guest();
    await expect.poll(() => guest.topicsAsked()).toEqual([['a'], ['a']]);
  });

  it('that were carried out are not asked for again when another message is refused', async () => {
    const { connection, clock, hear, server } = await startAndConnect(answerLikeTheHub);
    connection.subscribe(['a']);
    await hear('Status');
    (await server.guest()).say('Error', { code: 429, message: 'Too many messages.', details: {} });
    await hear('Error');
    expect(clock.delays).toEqual([]);
  });

  it('fit into the frames of the hub, however many there are', async () => {
    const { connection, server } = await startAndConnect();
    const topics = Array.from({ length: 1000 }, (_, index) => `${index}.`.padEnd(255, 'x'));
    expect(connection.subscribe(topics)).toBe(true);
    const guest = await server.guest();
    await expect.poll(() => guest.topicsAsked().flat().length).toBe(1000);
    expect(guest.topicsAsked().flat()).toEqual(topics);
    for (const message of guest.said) expect(JSON.stringify(message).length).toBeLessThan(65_536);
  });

  it('before a connection are asked for when it comes, and false is said until then', async () => {
    const server = await startHubServer();
    const { connection } = createCore(server.url);
    expect(connection.subscribe(['a'])).toBe(false);
    await connection.connect();
    const guest = await server.guest();
    await expect.poll(() => guest.topicsAsked()).toEqual([['a']]);
  });
});
