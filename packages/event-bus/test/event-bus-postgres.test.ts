import { createTestDatabase } from '@trafficflux/tooling/test-stores';
import { describe } from 'vitest';
import { createEventBus, eventBusMigrations } from '../src/index.ts';
import { promiseOfEventBus } from './event-bus-contract.ts';

describe('the event bus on PostgreSQL', () => {
  promiseOfEventBus(async () => {
    const database = await createTestDatabase(eventBusMigrations);
    return {
      createBus: (options) => createEventBus({ databaseUrl: database.url, name: 'test', ...options }),
      stop: database.drop,
    };
  });
});
