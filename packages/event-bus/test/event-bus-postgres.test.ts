import { migrate } from '@trafficflux/postgres';
import { createTestDatabase, startOwnPostgres } from '@trafficflux/tooling/test-stores';
import { describe } from 'vitest';
import { createEventBus, eventBusMigrations } from '../src/index.ts';
import { ask } from './ask-postgres.ts';
import { promiseOfEventBus } from './event-bus-contract.ts';
import { type OutageStore, promiseOfOutages } from './event-bus-outages.ts';

describe('the event bus on PostgreSQL', () => {
  promiseOfEventBus(async () => {
    const database = await createTestDatabase(eventBusMigrations);
    return {
      createBus: (options) => createEventBus({ databaseUrl: database.url, name: 'test', ...options }),
      stop: database.drop,
    };
  });
});

describe('the event bus on a PostgreSQL that goes away', () => {
  promiseOfOutages(startOutageStore);
});

async function startOutageStore(): Promise<OutageStore> {
  const own = await startOwnPostgres();
  await migrate({ databaseUrl: own.url, folder: eventBusMigrations });
  return {
    createBus: (options) => createEventBus({ databaseUrl: own.url, name: 'test', ...options }),
    stop: own.stop,
    restart: own.restart,
    freeze: own.freeze,
    thaw: own.thaw,
    async cut(kind) {
      const name = kind === 'publishers' ? 'test-bus-publisher' : 'test-bus-subscriber';
      await ask(
        own.url,
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
        [name],
      );
    },
    async countConnections() {
      return (
        (await ask(own.url, "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'test-bus-%'"))
          .rowCount ?? 0
      );
    },
    remove: own.remove,
  };
}
