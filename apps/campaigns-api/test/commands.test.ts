// `migrate`, which brings every database up to date that the service is configured to use.
import { createTestDatabase } from '@trafficflux/tooling/test-stores';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProcess } from './processes.ts';

const NOWHERE = 'postgresql://me:hunter2@127.0.0.1:1/none';

describe('migrate', () => {
  let url: string;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    ({ url, drop } = await createTestDatabase());
  });
  afterAll(() => drop());

  test('applies what campaigns, queue, bus and accounts need, once', { timeout: 120_000 }, async () => {
    const environment = {
      DATABASE_URL: url,
      PLATFORM_DATABASE_URL: url,
      ACCOUNTS_DATABASE_URL: url,
      TRAFFIC_AUTH: 'required',
    };
    const first = await runProcess('migrate', environment);
    expect(first).toMatchObject({ code: 0, err: '' });
    for (const part of ['_campaigns', '_bus_', '_accounts_']) expect(first.out).toContain(part);
    const second = await runProcess('migrate', environment);
    expect(second).toEqual({ code: 0, err: '', out: 'The databases are up to date.\n' });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      "SELECT to_regclass('campaigns') AS campaigns, to_regclass('users') AS users",
    );
    await client.end();
    expect(rows).toEqual([{ campaigns: 'campaigns', users: 'users' }]);
  });

  test('leaves alone what is not used: the platform with Redis, the accounts without tokens', async () => {
    const { code, err } = await runProcess('migrate', {
      DATABASE_URL: url,
      REDIS_URL: 'redis://127.0.0.1:1',
      PLATFORM_DATABASE_URL: NOWHERE,
      ACCOUNTS_DATABASE_URL: NOWHERE,
    });
    expect([code, err]).toEqual([0, '']);
  });

  test('ends with one sentence and 1 when a database cannot be reached', async () => {
    const { code, err } = await runProcess('migrate', { DATABASE_URL: NOWHERE, PLATFORM_DATABASE_URL: url });
    expect(code).toBe(1);
    expect(err).toMatch(/^The database none on 127\.0\.0\.1:1 cannot be reached: .*\n$/);
    expect(err).not.toContain('hunter2');
  });
});
