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

  it('is away, and says why, where nobody has made its tables', async () => {
    await using database = await createTestDatabase();
    const queue = createJobQueue({ databaseUrl: database.url, name: 'test' });
    await expect(queue.ping()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('not initialized'),
    });
    await migrateJobQueue({ databaseUrl: database.url });
    await queue.ping();
    await queue.close();
  });
});

describe('migrateJobQueue', () => {
  it('makes the tables once, whoever else does so at the same time, and says what it did', async () => {
    await using database = await createTestDatabase();
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    await Promise.all([0, 1, 2].map(() => migrateJobQueue({ databaseUrl: database.url, log })));
    expect(lines.length).toBeGreaterThanOrEqual(1);
    const before = lines.length;
    await migrateJobQueue({ databaseUrl: database.url, log });
    expect(lines).toHaveLength(before);
  });

  it('says in a sentence, without the password, that there is no database', async () => {
    const databaseUrl = 'postgresql://queue:s3cret@127.0.0.1:1/platform';
    await expect(migrateJobQueue({ databaseUrl })).rejects.toMatchObject({
      name: 'MigrationError',
      message: expect.stringMatching(/^The job queue's tables .* platform on 127\.0\.0\.1:1: ECONNREFUSED/),
    });
    await expect(migrateJobQueue({ databaseUrl })).rejects.not.toThrow('s3cret');
  });
});

describe('the job queue on a PostgreSQL that goes away', () => {
  promiseOfOutages(async () => {
    const own = await startOwnPostgres();
    await migrateJobQueue({ databaseUrl: own.url });
    const others = "datname = 'own' AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
    return {
      options: { databaseUrl: own.url },
      stop: own.crash,
      restart: own.restart,
      freeze: own.freeze,
      thaw: own.thaw,
      cut: async () => {
        await ask(own.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`);
      },
      countConnections: async () =>
        (await ask(own.url, `SELECT FROM pg_stat_activity WHERE ${others}`)).rowCount ?? 0,
      remove: own.remove,
    };
  });
});

async function ask(connectionString: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
