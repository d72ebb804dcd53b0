import { inspect } from 'node:util';
import {
  createTestRedis,
  describeOnOwnRedis,
  describeOnRedis,
  startOwnRedis,
} from '@trafficflux/tooling/test-stores';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEventBus } from '../src/index.ts';
import { promiseOfEventBus } from './event-bus-contract.ts';
import { type OutageStore, promiseOfOutages } from './event-bus-outages.ts';
import { openBus } from './open-bus.ts';
import { createRecorder } from './recorder.ts';

describeOnRedis('the event bus on Redis', () => {
  promiseOfEventBus(async () => {
    const redis = await createTestRedis();
    return {
      createBus: (options) => createEventBus({ redisUrl: redis.url, name: 'test', ...options }),
      stop: redis.stop,
    };
  });
});

describeOnOwnRedis('the event bus on a Redis that goes away', () => {
  promiseOfOutages(startOutageStore);
});

describeOnOwnRedis('the event bus on a Redis with others', () => {
  let store: Awaited<ReturnType<typeof startOwnRedis>>;
  let admin: Redis;
  beforeAll(async () => {
    store = await startOwnRedis();
    admin = new Redis(store.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await store.stop();
  });

  it('takes no harm from what others send on its channels', async () => {
    const errors: string[] = [];
    await using bus = openBus({ redisUrl: store.url, onError: (error) => errors.push(error.message) });
    const recorder = createRecorder();
    await bus.subscribe('topic', recorder);
    for (const text of ['', 'x', 'a\nb', 'publisher\n1 topic {', '\u0000']) {
      await admin.publish('trafficflux:bus:topic', text);
    }
    await bus.publish('topic', 1);
    await recorder.hasEvents(1);
    expect(recorder.data()).toEqual([1]);
    expect(errors).toHaveLength(2);
  });

  it('shows its name in the list of connections', async () => {
    await using bus = openBus({ redisUrl: store.url, name: 'runner one' });
    await bus.subscribe('topic', createRecorder());
    await bus.ping();
    const list = String(await admin.client('LIST'));
    expect(list).toContain('name=runner_one-bus-publisher');
    expect(list).toContain('name=runner_one-bus-subscriber');
  });

  it('gives channels back that nobody here listens to any more', async () => {
    await using bus = openBus({ redisUrl: store.url });
    const subscriptions = await Promise.all(
      ['given.back', 'given.*'].map((pattern) => bus.subscribe(pattern, createRecorder())),
    );
    expect(await admin.pubsub('CHANNELS', '*given*')).toHaveLength(1);
    for (const subscription of subscriptions) await subscription.close();
    await expect.poll(() => admin.pubsub('CHANNELS', '*given*')).toEqual([]);
    await expect.poll(() => admin.pubsub('NUMPAT')).toBe(0);
  });

  it('speaks for a user with a password, and refuses alone what that user may not publish', async () => {
    await admin.acl('SETUSER', 'bus', 'on', '>s3cret', '+@all', 'resetchannels', '&trafficflux:bus:allowed*');
    const url = store.url.replace('redis://', 'redis://bus:s3cret@');
    await using bus = openBus({ redisUrl: url });
    const recorder = createRecorder();
    await bus.subscribe('allowed', recorder);
    const outcomes = await Promise.allSettled(
      ['allowed', 'forbidden', 'allowed'].map((topic, index) => bus.publish(topic, index)),
    );
    await recorder.hasEvents(2);
    expect(recorder.data()).toEqual([0, 2]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const { reason } = outcomes[1] as PromiseRejectedResult;
    expect(reason).toMatchObject({
      code: 'UNAVAILABLE',
      cause: { message: expect.stringContaining('NOPERM') },
    });
    expect(reason.cause).not.toHaveProperty('command');
  });

  it('is away, and says why without the password, when that is wrong', async () => {
    const errors: Error[] = [];
    const url = store.url.replace('redis://', 'redis://bus:wr0ng@');
    await using bus = openBus({ redisUrl: url, onError: (error) => errors.push(error) });
    await expect(bus.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The event bus cannot reach Redis: WRONGPASS/),
    ]);
    expect(inspect(errors, { depth: 10 })).not.toContain('wr0ng');
  });
});

async function startOutageStore(): Promise<OutageStore> {
  const own = await startOwnRedis();
  async function ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(own.url);
    try {
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }
  const list = async (redis: Redis) =>
    String(await redis.client('LIST'))
      .split('\n')
      .filter((line) => line.includes('name=test-bus-'));
  return {
    createBus: (options) => createEventBus({ redisUrl: own.url, name: 'test', ...options }),
    stop: own.kill,
    restart: own.restart,
    freeze: own.freeze,
    thaw: own.thaw,
    cut: (kind) =>
      ask(async (redis) => {
        const name = kind === 'publishers' ? 'name=test-bus-publisher' : 'name=test-bus-subscriber';
        for (const line of await list(redis)) {
          const id = /^id=(\d+)/.exec(line)?.[1];
          if (id && line.includes(name)) await redis.client('KILL', 'ID', id);
        }
      }),
    countConnections: () => ask(async (redis) => (await list(redis)).length),
    remove: own.stop,
  };
}
