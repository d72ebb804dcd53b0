import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChaosPostgres } from '../actors/postgres.ts';
import type { ServiceProcess } from '../actors/service-process.ts';
import { plantCampaign, startMigratedPostgres } from '../test/planted.ts';
import { checkQuiet } from './quiet.ts';

let postgres: ChaosPostgres;
beforeAll(async () => {
  postgres = await startMigratedPostgres();
});
afterAll(() => postgres[Symbol.asyncDispose]());

const sentences = async (ids: readonly string[], processes: readonly ServiceProcess[] = []) =>
  (await checkQuiet(postgres.pool, ids, processes)).map(({ sentence }) => sentence).join('\n');

describe('the check of the quiet end', () => {
  it('finds nothing where nothing is left', async () => {
    const { id } = await plantCampaign(postgres.pool);
    expect(await sentences([id])).toBe('');
  });

  it('finds a campaign that is owned, and one that still generates', async () => {
    const [owned, generating, free] = [
      await plantCampaign(postgres.pool),
      await plantCampaign(postgres.pool),
      await plantCampaign(postgres.pool),
    ];
    const lease = (until: string) =>
      `UPDATE campaigns SET owner = 'worker-1', lease_until = now() + interval '${until}' WHERE id = $1`;
    await owned.run(lease('1 minute'));
    await free.run(lease('-1 minute'));
    await generating.run(`UPDATE campaigns SET status = 'paused', is_generating = true WHERE id = $1`);
    const found = await sentences([owned.id, generating.id, free.id]);
    expect(found).toContain(`${owned.id} is completed, and worker-1 has a lease of it.`);
    expect(found).toContain(`${generating.id} still generates (paused, owner null).`);
    expect(found).not.toContain(free.id);
  });

  it('finds an idle transaction, and an advisory lock that nobody gives back', async () => {
    const connect = async () => {
      const client = new pg.Client({ connectionString: postgres.url, application_name: 'forgetful' });
      await client.connect();
      return client;
    };
    const [idle, locking] = [await connect(), await connect()];
    await idle.query('BEGIN');
    await locking.query('SELECT pg_advisory_lock(1)');
    const found = await sentences([]);
    await Promise.all([idle.end(), locking.end()]);
    expect(found).toMatch(/forgetful \(last: BEGIN\) is idle in a transaction/);
    expect(found).toMatch(/forgetful .* holds an advisory lock/);
    expect(await sentences([])).toBe('');
  });

  it('finds a child process', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const parent = { name: 'campaigns-api', pid: process.pid } as ServiceProcess;
    expect(await sentences([], [parent])).toContain(`campaigns-api has the child process ${child.pid}.`);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
