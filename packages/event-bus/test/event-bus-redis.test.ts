import { createTestRedis, hasRedis } from '@trafficflux/tooling/test-stores';
import { describe } from 'vitest';
import { createEventBus } from '../src/index.ts';
import { promiseOfEventBus } from './event-bus-contract.ts';

describe.skipIf(!hasRedis)('the event bus on Redis', () => {
  promiseOfEventBus(async () => {
    const redis = await createTestRedis();
    return {
      createBus: (options) => createEventBus({ redisUrl: redis.url, name: 'test', ...options }),
      stop: redis.stop,
    };
  });
});
