import {
  createTestRedis,
  describeOnOwnRedis,
  describeOnRedis,
  startOwnRedis,
} from '@trafficflux/tooling/test-stores';
import { Redis } from 'ioredis';
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
    const options = { redisUrl: own.url };
    return {
      options,
      createQueue: (onError) => createJobQueue({ ...options, name: 'outage', onError }),
      // Its memory is gone with it: the queue carries wake-ups only.
      stop: own.kill,
      restart: own.restart,
      freeze: own.freeze,
      thaw: own.thaw,
      async cut() {
        const redis = new Redis(own.url);
        await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        redis.disconnect();
      },
      remove: own.stop,
    };
  });
});
