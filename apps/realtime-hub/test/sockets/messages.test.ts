import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hub, type Login, startHub } from '../service.ts';
import { openSocket, type Socket } from './socket.ts';

let hub: Hub;
let port: number;
let ada: Login;
let bob: Login;
let admin: Login;
let number = 0;

beforeAll(async () => {
  hub = await startHub();
  port = await hub.port();
  ada = await hub.signUp('ada');
  bob = await hub.signUp('bob');
  admin = await hub.signUp('root', ['admin']);
});
afterAll(() => hub.close());

const open = ({ access_token: token }: Login) => openSocket(port, { token });
const newTopic = () => `topic.${number++}`;
const broadcast = (topic: string, payload: unknown, more = {}) => ({
  type: 'Broadcast',
  data: { topic, payload, ...more },
});
const directMessage = (target_user: string, payload: unknown) => ({
  type: 'DirectMessage',
  data: { target_user, payload },
});

async function closeAll(...sockets: Socket[]): Promise<void> {
  await Promise.all(sockets.map((socket) => socket.close()));
}

describe('Ping', () => {
  test('is answered with its own timestamp', async () => {
    const socket = await open(ada);
    for (const timestamp of [1700000000000, 0, -1, 1.5])
      expect(await socket.ask({ type: 'Ping', data: { timestamp } })).toEqual({
        type: 'Pong',
        data: { timestamp },
      });
    await closeAll(socket);
  });

  test('without one with the time of the server', async () => {
    const socket = await open(ada);
    const pong = await socket.ask({ type: 'Ping' });
    expect(Math.abs(pong.data.timestamp - Date.now())).toBeLessThan(60_000);
    await closeAll(socket);
  });
});

describe('Subscribe and Unsubscribe', () => {
  test('answer with what was asked for, and how many there are now', async () => {
    const socket = await open(ada);
    expect(await socket.subscribe('a', 'b', 'a')).toEqual({
      type: 'Status',
      data: { status: 'subscribed', details: { topics: ['a', 'b', 'a'], active_subscriptions: 2 } },
    });
    expect((await socket.subscribe('b', 'c')).data.details.active_subscriptions).toBe(3);
    const gone = await socket.ask({ type: 'Unsubscribe', data: { topics: ['a', 'never'] } });
    expect(gone.data).toEqual({
      status: 'unsubscribed',
      details: { topics: ['a', 'never'], active_subscriptions: 2 },
    });
    expect((await socket.subscribe()).data).toEqual({
      status: 'subscribed',
      details: { topics: [], active_subscriptions: 2 },
    });
    await closeAll(socket);
  });

  test('take all topics or none', async () => {
    const socket = await open(ada);
    const wrong = { type: 'Subscribe', data: { topics: ['good', 'not good'] } };
    expect((await socket.ask(wrong)).data.code).toBe(400);
    const foreign = { type: 'Subscribe', data: { topics: ['good', `users.${bob.user.id}.inbox`] } };
    expect((await socket.ask(foreign)).data.code).toBe(403);
    expect((await socket.subscribe()).data.details.active_subscriptions).toBe(0);
    await closeAll(socket);
  });

  test('are named in the error that answers them, where the client gave them a name', async () => {
    const socket = await open(ada);
    const foreign = `users.${bob.user.id}.inbox`;
    const answer = await socket.ask({ type: 'Subscribe', id: 'mine', data: { topics: ['good', foreign] } });
    expect(answer.data).toMatchObject({ code: 403, details: { message_id: 'mine', topic: foreign } });
    await closeAll(socket);
  });

  test('S40: take at most 1000 topics', async () => {
    const socket = await open(ada);
    const topics = Array.from({ length: 1000 }, (_, at) => `many.${at}`);
    expect((await socket.subscribe(...topics)).data.details.active_subscriptions).toBe(1000);
    const tooMany = await socket.ask({ type: 'Subscribe', data: { topics: ['many.1', 'one.more'] } });
    expect(tooMany).toMatchObject({ type: 'Error', data: { code: 400 } });
    expect((await socket.subscribe('many.1')).data.details.active_subscriptions).toBe(1000);
    await closeAll(socket);
  });

  test('stop what was delivered', async () => {
    const [socket, sender, topic] = [await open(ada), await open(bob), newTopic()];
    await socket.subscribe(topic);
    await socket.ask({ type: 'Unsubscribe', data: { topics: [topic] } });
    expect((await sender.ask(broadcast(topic, 1))).data.recipients).toBe(0);
    await socket.settle();
    expect(socket.inbox).toEqual([]);
    await closeAll(socket, sender);
  });
});

describe('Broadcast', () => {
  test('reaches every subscriber, says from whom and when, and is acknowledged', async () => {
    const [reader, wildcard, sender, topic] = [await open(ada), await open(ada), await open(bob), newTopic()];
    await reader.subscribe(topic);
    await wildcard.subscribe('topic.*', 'topic.**', topic);
    sender.send({ ...broadcast(topic, { text: 'hällo "you"', n: [1, null] }), id: 'mine', timestamp: 5 });
    expect(await sender.next()).toEqual({
      type: 'Ack',
      data: { message_id: 'mine', status: 'delivered', recipients: 2 },
    });
    for (const socket of [reader, wildcard]) {
      expect(await socket.next()).toEqual({
        type: 'Broadcast',
        data: {
          topic,
          payload: { text: 'hällo "you"', n: [1, null] },
          metadata: { sent_at: expect.any(Number), message_id: 'mine', from_user: bob.user.id },
        },
      });
      await socket.settle();
      expect(socket.inbox).toEqual([]);
    }
    await closeAll(reader, wildcard, sender);
  });

  test('gets an id of the server where it has none, the same for all', async () => {
    const [socket, topic] = [await open(ada), newTopic()];
    await socket.subscribe(topic);
    socket.send(broadcast(topic, null));
    const { metadata } = (await socket.next('Broadcast')).data;
    expect(metadata.message_id).toMatch(/^broadcast_[0-9a-f-]{36}$/);
    expect((await socket.next('Ack')).data).toEqual({
      message_id: metadata.message_id,
      status: 'delivered',
      recipients: 1,
    });
    await closeAll(socket);
  });

  test('comes back to a sender who is subscribed, unless it wants no echo', async () => {
    const [socket, other, topic] = [await open(ada), await open(ada), newTopic()];
    await Promise.all([socket.subscribe(topic), other.subscribe(topic)]);
    expect((await socket.ask(broadcast(topic, 1, { echo: false }), 'Ack')).data.recipients).toBe(1);
    expect((await socket.ask(broadcast(topic, 2, { echo: true }), 'Ack')).data.recipients).toBe(2);
    expect((await socket.next('Broadcast')).data.payload).toBe(2);
    expect((await other.next('Broadcast')).data.payload).toBe(1);
    expect(socket.inbox).toEqual([]);
    await closeAll(socket, other);
  });

  test('to nobody is acknowledged too', async () => {
    const socket = await open(ada);
    expect((await socket.ask(broadcast(newTopic(), 1))).data).toMatchObject({
      status: 'delivered',
      recipients: 0,
    });
    await closeAll(socket);
  });

  test('keeps the order of its sender', async () => {
    const [reader, sender, topic] = [await open(ada), await open(bob), newTopic()];
    await reader.subscribe(topic);
    for (let at = 0; at < 150; at++) sender.send(broadcast(topic, at));
    for (let at = 0; at < 150; at++) expect((await reader.next('Broadcast')).data.payload).toBe(at);
    await closeAll(reader, sender);
  });

  test('counts also where its sender leaves at once', async () => {
    const [reader, topic] = [await open(ada), newTopic()];
    await reader.subscribe(topic);
    for (let round = 0; round < 10; round++) {
      const sender = await open(bob);
      sender.send(broadcast(topic, round));
      await closeAll(sender);
      expect((await reader.next('Broadcast')).data.payload).toBe(round);
    }
    await closeAll(reader);
  });

  test('S26: brings back any text as it was', async () => {
    const [socket, topic] = [await open(ada), newTopic()];
    await socket.subscribe(topic);
    for (const payload of [
      `'; DROP TABLE users; --`,
      '"\\\u0000\u2028',
      '😀',
      '\ud800',
      { $ne: null },
      '</script>',
    ]) {
      socket.send(broadcast(topic, payload));
      expect((await socket.next('Broadcast')).data.payload).toEqual(payload);
    }
    await closeAll(socket);
  });

  test.each([['campaigns.1'], ['runs.7.progress']])('on %s is for services only: 403', async (topic) => {
    for (const login of [ada, admin]) {
      const socket = await open(login);
      expect((await socket.ask(broadcast(topic, 1))).data.code).toBe(403);
      await closeAll(socket);
    }
  });

  test('S21: on topics of another user is refused, on own ones not, except those of services', async () => {
    const socket = await open(ada);
    const own = `users.${ada.user.id}.`;
    expect((await socket.ask(broadcast(`users.${bob.user.id}.inbox`, 1))).data.code).toBe(403);
    expect((await socket.ask(broadcast(`${own}automation`, 1))).data.code).toBe(403);
    expect((await socket.ask(broadcast(`${own}automation.stop`, 1))).data.code).toBe(403);
    expect((await socket.ask(broadcast(`${own}notes`, 1))).type).toBe('Ack');
    await closeAll(socket);
  });

  test('without the right to write: 403, with its id', async () => {
    const socket = await open(await hub.signUp('reader', ['readonly']));
    const refused = await socket.ask({ ...broadcast(newTopic(), 1), id: 'mine' });
    expect(refused).toMatchObject({ type: 'Error', data: { code: 403, details: { message_id: 'mine' } } });
    await closeAll(socket);
  });

  test('S27: with a payload nested more deeply than anything is refused, or comes back', async () => {
    const [socket, topic] = [await open(ada), newTopic()];
    await socket.subscribe(topic);
    for (const depth of [1_000, 30_000]) {
      socket.send(
        `{"type":"Broadcast","data":{"topic":"${topic}","payload":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
      );
      const answer = await socket.next();
      expect(['Broadcast', 'Error']).toContain(answer.type);
      if (answer.type === 'Error') expect(answer.data.code).toBe(400);
      else await socket.next('Ack');
    }
    expect((await socket.ask({ type: 'Ping' })).type).toBe('Pong');
    await closeAll(socket);
  });
});

describe('private topics', () => {
  test('S21: are refused to others, and leak through no wildcard', async () => {
    const [owner, other, root] = [await open(ada), await open(bob), await open(admin)];
    const topic = `users.${ada.user.id}.notes`;
    for (const pattern of [topic, `users.${ada.user.id}.*`, `users.${ada.user.id}.**`])
      expect((await other.ask({ type: 'Subscribe', data: { topics: [pattern] } })).data.code).toBe(403);
    for (const socket of [owner, other, root])
      expect((await socket.subscribe('**', 'users.**', 'users.*.notes')).data.status).toBe('subscribed');
    expect((await owner.ask(broadcast(topic, 'secret'), 'Ack')).data.recipients).toBe(2);
    expect((await owner.next('Broadcast')).data.payload).toBe('secret');
    expect((await root.next('Broadcast')).data.payload).toBe('secret');
    await other.settle();
    expect(other.inbox).toEqual([]);
    await closeAll(owner, other, root);
  });
});

describe('DirectMessage', () => {
  test('reaches all connections of a user, and nobody else', async () => {
    const [first, second, sender] = [await open(bob), await open(bob), await open(ada)];
    sender.send({ ...directMessage(bob.user.id, { hi: 1 }), id: 'mine' });
    const ack = await sender.next();
    expect(ack).toMatchObject({ type: 'Ack', data: { message_id: 'mine', status: 'delivered' } });
    expect([...ack.data.delivered_to].sort()).toEqual([first.id, second.id].sort());
    for (const socket of [first, second])
      expect(await socket.next()).toEqual({
        type: 'DirectMessage',
        data: {
          from_user: ada.user.id,
          payload: { hi: 1 },
          metadata: { sent_at: expect.any(Number), message_id: 'mine' },
        },
      });
    await sender.settle();
    expect(sender.inbox).toEqual([]);
    await closeAll(first, second, sender);
  });

  test('may go to oneself', async () => {
    const socket = await open(ada);
    socket.send(directMessage(ada.user.id, 1));
    expect((await socket.next('DirectMessage')).data.from_user).toBe(ada.user.id);
    expect((await socket.next('Ack')).data.delivered_to).toEqual([socket.id]);
    await closeAll(socket);
  });

  test('to a user who is not there is an error, and no Ack', async () => {
    const socket = await open(ada);
    const answer = await socket.ask({ ...directMessage('user_nobody', 1), id: 'mine' });
    expect(answer).toEqual({
      type: 'Error',
      data: {
        code: 404,
        message: 'User user_nobody not found or not connected',
        details: { message_id: 'mine', queued: false },
      },
    });
    const generated = await socket.ask(directMessage('user_nobody', 1));
    expect(generated.data.details.message_id).toMatch(/^direct_[0-9a-f-]{36}$/);
    await socket.settle();
    expect(socket.inbox).toEqual([]);
    await closeAll(socket);
  });

  test('without the right to write: 403', async () => {
    const socket = await open(await hub.signUp('silent', ['subscriber']));
    expect((await socket.ask(directMessage(ada.user.id, 1))).data.code).toBe(403);
    await closeAll(socket);
  });
});

describe('anything else', () => {
  test('binary is counted', async () => {
    const socket = await open(ada);
    socket.ws.send(Buffer.alloc(321));
    expect((await socket.next()).data).toEqual({ status: 'binary_received', details: { size: 321 } });
    await closeAll(socket);
  });

  test('what only a hub says is ignored', async () => {
    const socket = await open(ada);
    for (const type of ['Pong', 'Error', 'Ack', 'Status', 'AuthStatus', 'Notification', 'Presence'])
      socket.send({ type, data: {} });
    await socket.settle();
    expect(socket.inbox).toEqual([]);
    await closeAll(socket);
  });

  test('what is no message is an error, and the connection stays', async () => {
    const socket = await open(ada);
    for (const text of [
      '',
      '{',
      'null',
      '[1]',
      '{"type":"Nope"}',
      '{"type":"Subscribe","data":{"topics":"a"}}',
    ]) {
      const error = await socket.ask(text);
      expect(error).toMatchObject({ type: 'Error', data: { code: 400 } });
      expect(error.data.message).toMatch(/^Invalid message: /);
    }
    expect((await socket.ask({ type: 'Ping' })).type).toBe('Pong');
    await closeAll(socket);
  });

  test('a protocol ping is answered', async () => {
    const socket = await open(ada);
    const ponged = new Promise((resolve) => socket.ws.once('pong', (data) => resolve(String(data))));
    socket.ws.ping('are you there');
    expect(await ponged).toBe('are you there');
    await closeAll(socket);
  });
});

test('the counts are those of the messages', async () => {
  const counting = await startHub();
  const at = await counting.port();
  const read = async () => (await fetch(`http://127.0.0.1:${at}/metrics`)).json();
  const { access_token: token } = await counting.signUp('ada');
  const [first, second] = [await openSocket(at, { token }), await openSocket(at, { token })];
  await first.subscribe('a');
  await second.subscribe('a');
  await first.ask(broadcast('a', 1), 'Ack');
  await first.ask('nonsense', 'Error');
  first.ws.ping();
  await second.settle();
  expect(await read()).toEqual({
    active_connections: 2,
    total_connections: 2,
    // Two times welcome, Status and Broadcast, then Ack, Error and Pong.
    messages_sent: 9,
    messages_received: 5,
    errors: 1,
  });
  await closeAll(first, second);
  await expect.poll(read).toMatchObject({ active_connections: 0, total_connections: 2 });
  await counting.close();
});
