import { inspect } from 'node:util';
import {
  createTestRedis,
  describeOnOwnRedis,
  describeOnRedis,
  startOwnRedis,
} from '@trafficflux/tooling/test-stores';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { createJobQueue } from '../src/index.ts';
import { promiseOfJobQueue } from './job-queue-contract.ts';
import { promiseOfOutages } from './job-queue-outages.ts';

describeOnRedis('the job queue on Redis', () => {
  promiseOfJobQueue(async () => {
    const redis = await createTestRedis();
    return {
      createQueue: (options) => createJobQueue({ redisUrl: redis.url, name: 'test', ...options }),
      stop: redis.stop,
    };
  });
});

describeOnOwnRedis('the job queue on a Redis that goes away', () => {
  promiseOfOutages(async () => {
    const own = await startOwnRedis();
    return {
      options: { redisUrl: own.url },
      // Its memory is gone with it: the queue carries wake-ups only.
      stop: own.kill,
      restart: own.restart,
      freeze: own.freeze,
      thaw: own.thaw,
      cut: () =>
        ask(own.url, async (redis) => {
          await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        }),
      countConnections: () =>
        ask(
          own.url,
          async (redis) =>
            String(await redis.client('LIST'))
              .trim()
              .split('\n').length - 1,
        ),
      remove: own.stop,
    };
  });
});

describeOnOwnRedis('the job queue on a Redis of others', () => {
  it('F62 goes on when a fail-over left it on a server that takes nothing, and that server takes again', async () => {
    await using own = await startOwnRedis();
    const queue = createJobQueue<null>({ redisUrl: own.url, name: 'test' });
    const seen: string[] = [];
    queue.consume(async ({ id }) => void seen.push(id));
    await queue.add('before', null);
    await expect.poll(() => seen).toEqual(['before']);
    await ask(own.url, (redis) => redis.call('REPLICAOF', '127.0.0.1', '1'));
    await expect(queue.add('read-only', null)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await ask(own.url, (redis) => redis.call('REPLICAOF', 'NO', 'ONE'));
    await expect.poll(() => queue.add('after', null).catch(() => 'away')).toMatch(/added|known/);
    await expect.poll(() => seen).toContain('after');
    await queue.close();
  });

  it('needs of its user no more rights than the documentation says, also to show who works', async () => {
    await using own = await startOwnRedis();
    const rights = 'resetchannels &* +@all -@dangerous +info +client|list'.split(' ');
    await ask(own.url, (redis) =>
      redis.acl('SETUSER', 'queue', 'on', '>s3cret', '~trafficflux:*', ...rights),
    );
    const errors: Error[] = [];
    const redisUrl = own.url.replace('redis://', 'redis://queue:s3cret@');
    const queue = createJobQueue<null>({ redisUrl, name: 'test', onError: (error) => errors.push(error) });
    const seen: string[] = [];
    queue.consume(async ({ id }) => void seen.push(id));
    await queue.add('id', null);
    await expect.poll(() => seen).toEqual(['id']);
    expect(await (await queue.bull()).getWorkers()).toHaveLength(1);
    await queue.close();
    expect(errors).toEqual([]);
  });

  it('S39 says that the password is wrong, without it', async () => {
    await using own = await startOwnRedis();
    const errors: unknown[] = [];
    const redisUrl = own.url.replace('redis://', 'redis://queue:wr0ng@');
    const queue = createJobQueue({ redisUrl, name: 'test', onError: (error) => errors.push(error) });
    errors.push(await queue.add('id', { canary: 'wr0ng' }).catch((error: unknown) => error));
    expect(errors.at(-1)).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('WRONGPASS'),
    });
    expect(inspect(errors, { depth: 10 })).not.toContain('wr0ng');
    await queue.close();
  });
});

async function ask<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
