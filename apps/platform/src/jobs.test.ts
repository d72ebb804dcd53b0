import { beforeEach, describe, expect, it } from 'vitest';
import { READY, useRuns } from '../test/runs.ts';

const runs = useRuns();
beforeEach(() => runs.lendPostgres());

describe('npm run migrate', () => {
  it('starts PostgreSQL for the moment when none runs, for every database of every service', async () => {
    const { exit, said } = runs.run(['migrate']);
    expect(await exit).toMatchObject({ code: 0 });
    expect(said()).toMatch(
      /^tiny:\nmigrated postgresql:.*\/tiny\nother:\nmigrated postgresql:.*\/first\nmigrated postgresql:.*\/second\n$/,
    );
  });

  it('passes on the exit code of a migration that failed', async () => {
    expect(await runs.run(['migrate', 'tiny'], { TINY_TINY_MIGRATION: 'fails' }).exit).toMatchObject({
      code: 3,
    });
  });

  it('uses the PostgreSQL that runs, also for a service that does not', async () => {
    await runs.run(['start', 'tiny']).until(READY);
    const { exit, said } = runs.run(['migrate', 'other'], { OTHER_MONGO_URL: 'mongodb://mongo.example' });
    expect(await exit).toMatchObject({ code: 0 });
    const port = new URL(runs.findState().postgresUrl ?? '').port;
    expect(said()).toBe(`migrated postgresql://postgres:***@127.0.0.1:${port}/second\n`);
  });
});

describe('npm run seed', () => {
  it('leaves out who has nothing to seed, and says nothing of the migration before it', async () => {
    const { exit, said } = runs.run(['seed']);
    expect(await exit).toMatchObject({ code: 0 });
    expect(said()).toMatch(/^seeded postgresql:.*\/tiny\n$/);
  });

  it('refuses a named service that has nothing to seed', async () => {
    const { exit, said } = runs.run(['seed', 'other']);
    expect(await exit).toMatchObject({ code: 2 });
    expect(said()).toBe('other has nothing to seed; this is for: tiny.\n');
  });

  it('shows what the migration said when that failed', async () => {
    const { exit, said } = runs.run(['seed'], { TINY_TINY_MIGRATION: 'fails' });
    expect(await exit).toMatchObject({ code: 3 });
    expect(said()).toBe('the migration is broken\n');
  });
});

describe('npm run accounts', () => {
  it("runs the accounts' command with its arguments on the right database, while nothing runs", async () => {
    const { exit, said } = runs.run(['accounts', 'role', 'ada', '--add', 'admin']);
    expect(await exit).toMatchObject({ code: 0 });
    expect(said()).toMatch(/^accounts role ada --add admin in postgresql:.*\/first\n$/);
  });
});
