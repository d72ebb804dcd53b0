import { createTestDatabase, startOwnPostgres } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createJobQueue, migrateJobQueue } from '../src/index.ts';
import { promiseOfJobQueue } from './job-queue-contract.ts';
import { promiseOfOutages } from './job-queue-outages.ts';

describe('the job queue on PostgreSQL', () => {
  promiseOfJobQueue(async () => {
    const database = await createTestDatabase();
    await migrateJobQueue({ databaseUrl: database.url });
    return {
      createQueue: (options) => createJobQueue({ databaseUrl: database.url, name: 'test', ...options }),
      stop: database.drop,
    };
  });
});

describe('migrateJobQueue', () => {
  it('makes the tables once, whoever else does so at the same time, and says what it did', async () => {
    const database = await createTestDatabase();
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    await Promise.all([0, 1, 2].map(() => migrateJobQueue({ databaseUrl: database.url, log })));
    expect(lines.length).toBeGreaterThanOrEqual(1);
    const before = lines.length;
    await migrateJobQueue({ databaseUrl: database.url, log });
    expect(lines).toHaveLength(before);
    await database.drop();
  });
});

describe('the job queue on a PostgreSQL that goes away', () => {
  promiseOfOutages(async () => {
    const own = await startOwnPostgres();
    await migrateJobQueue({ databaseUrl: own.url });
    const options = { databaseUrl: own.url };
    return {
      options,
      createQueue: (onError) => createJobQueue({ ...options, name: 'outage', onError }),
      stop: own.stop,
      restart: own.restart,
      freeze: own.freeze,
      thaw: own.thaw,
      async cut() {
        const client = new pg.Client({ connectionString: own.url });
        await client.connect();
        await client.query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()',
        );
        await client.end();
      },
      remove: own.remove,
    };
  });
});
