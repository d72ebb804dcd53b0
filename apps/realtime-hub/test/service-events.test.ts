import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hub, type Login, startHub } from './service.ts';
import { openSocket } from './sockets/socket.ts';

let hub: Hub;
let port: number;
let ada: Login;
let bob: Login;

beforeAll(async () => {
  hub = await startHub();
  port = await hub.port();
  ada = await hub.signUp('ada');
  bob = await hub.signUp('bob');
});
afterAll(() => hub.close());

test('what services tell on the bus reaches who is subscribed, and says that a service said it', async () => {
  const socket = await openSocket(port, { token: ada.access_token });
  await socket.subscribe('campaigns.*');
  await expect
    .poll(async () => {
      await hub.stores.bus.publish('campaigns.session_1', { type: 'progress', total_requests: 5 });
      await socket.settle();
      return socket.inbox.length;
    })
    .toBeGreaterThan(0);
  expect(socket.inbox[0]).toEqual({
    type: 'Broadcast',
    data: {
      topic: 'campaigns.session_1',
      payload: { type: 'progress', total_requests: 5 },
      metadata: {
        sent_at: expect.any(Number),
        message_id: expect.stringMatching(/^event_[0-9a-f-]{36}$/),
        from_user: null,
      },
    },
  });
  await socket.close();
});

test('S21: what a session does reaches its user and nobody else', async () => {
  const [owner, other] = [
    await openSocket(port, { token: ada.access_token }),
    await openSocket(port, { token: bob.access_token }),
  ];
  const topic = `users.${ada.user.id}.automation`;
  await owner.subscribe(topic);
  await other.subscribe('users.**', 'users.*.automation', '**');
  await hub.stores.bus.publish(topic, { type: 'session.started' });
  expect((await owner.next('Broadcast')).data).toMatchObject({ topic, payload: { type: 'session.started' } });
  await other.settle();
  expect(other.inbox).toEqual([]);
  await Promise.all([owner.close(), other.close()]);
});

test('what services say between them reaches nobody', async () => {
  const socket = await openSocket(port, { token: ada.access_token });
  await socket.subscribe('**', `users.${ada.user.id}.**`);
  const { bus } = hub.stores;
  await bus.publish(`users.${ada.user.id}.automation.stop`, { session_ids: [] });
  await bus.publish('workers.campaigns', {});
  await bus.publish('campaigns.last', {});
  expect((await socket.next('Broadcast')).data.topic).toBe('campaigns.last');
  await socket.close();
});
