import { describe, expect, test } from 'vitest';
import { NO_RIGHTS, type Rights, toRights } from '../rights/rights.ts';
import { publish, type Subscriber } from './publish.ts';
import { TopicIndex } from './topic-index.ts';
import { isForServicesOnly, maySubscribeTo } from './topic-rights.ts';

const USER: Rights = toRights(['read', 'write', 'subscribe'], ['user']);
const ADMIN: Rights = { ...USER, isAdmin: true };

function createSubscriber(userId: string | null, rights = USER) {
  const received: string[] = [];
  const subscriber: Subscriber = {
    userId,
    rights,
    visit: 0,
    deliver({ bytes }) {
      received.push(bytes.subarray(2).toString());
      return true;
    },
  };
  return { subscriber, received };
}

describe('a message', () => {
  test('goes to all subscribers of its topic, and says to how many', () => {
    const index = new TopicIndex<Subscriber>();
    const [a, b, other] = [createSubscriber('user_a'), createSubscriber(null), createSubscriber('user_c')];
    index.add('news', a.subscriber);
    index.add('*', b.subscriber);
    index.add('weather', other.subscriber);
    expect(publish(index, 'news', 'hello')).toBe(2);
    expect([a.received, b.received, other.received]).toEqual([['hello'], ['hello'], []]);
  });

  test('leaves out the one that shall not hear it', () => {
    const index = new TopicIndex<Subscriber>();
    const sender = createSubscriber('user_a');
    index.add('news', sender.subscriber);
    expect(publish(index, 'news', 'hello', sender.subscriber)).toBe(0);
    expect(sender.received).toEqual([]);
  });

  test('S21: on a private topic goes to its owner and to admins, whatever the others subscribed to', () => {
    const index = new TopicIndex<Subscriber>();
    const [owner, admin] = [createSubscriber('user_a'), createSubscriber('user_admin', ADMIN)];
    const [other, anonymous] = [createSubscriber('user_b'), createSubscriber(null)];
    for (const { subscriber } of [owner, admin, other, anonymous])
      for (const pattern of ['users.**', '**', 'users.*.automation', 'users.user_a.*'])
        index.add(pattern, subscriber);
    expect(publish(index, 'users.user_a.automation', 'secret')).toBe(2);
    expect([owner.received, admin.received]).toEqual([['secret'], ['secret']]);
    expect([other.received, anonymous.received]).toEqual([[], []]);
  });
});

describe('rights to a topic', () => {
  test('S21: nobody but its owner and admins may name it', () => {
    const [owner, other] = [
      { userId: 'user_a', rights: USER },
      { userId: 'user_b', rights: USER },
    ];
    for (const topic of ['users.user_a.automation', 'users.user_a.**', 'users.user_a.']) {
      expect(maySubscribeTo(topic, owner)).toBe(true);
      expect(maySubscribeTo(topic, other)).toBe(false);
      expect(maySubscribeTo(topic, { userId: 'user_admin', rights: ADMIN })).toBe(true);
      expect(maySubscribeTo(topic, { userId: null, rights: NO_RIGHTS })).toBe(false);
    }
  });

  test('a wildcard that covers many users is accepted', () => {
    for (const pattern of ['**', 'users.**', 'users.*.automation', 'users.*', 'users'])
      expect(maySubscribeTo(pattern, { userId: 'user_b', rights: USER })).toBe(true);
  });

  test('only services publish where they tell of themselves', () => {
    for (const topic of [
      'campaigns.1',
      'runs.1.steps',
      'users.user_a.automation',
      'users.user_a.automation.stop',
    ])
      expect(isForServicesOnly(topic)).toBe(true);
    for (const topic of [
      'campaigns',
      'campaign.1',
      'running.1',
      'users.user_a.automations',
      'users.user_a.chat',
    ])
      expect(isForServicesOnly(topic)).toBe(false);
  });
});
