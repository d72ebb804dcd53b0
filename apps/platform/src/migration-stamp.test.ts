import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPool } from '@trafficflux/postgres';
import { beforeEach, describe, expect, it } from 'vitest';
import { READY, useRuns } from '../test/runs.ts';

const runs = useRuns();

/** The tiny service as a room of the workspace: a migration of its own, and one of a package that it imports. */
function writeRooms(): void {
  writeFile('apps/tiny/package.json', JSON.stringify({ dependencies: { '@x/bus': 'workspace:*' } }));
  writeFile('apps/tiny/prisma/migrations/1_books/migration.sql', 'SELECT 1;');
  writeFile('packages/bus/package.json', '{}');
  writeFile('packages/bus/migrations/1_events/migration.sql', 'SELECT 1;');
}

function writeFile(file: string, text: string): void {
  mkdirSync(join(runs.root, file, '..'), { recursive: true });
  writeFileSync(join(runs.root, file), text);
}

describe('the migrations of a second start', () => {
  beforeEach(() => {
    runs.lendPostgres();
    writeRooms();
  });

  it('are left out when no migration has changed', async () => {
    expect(await runs.startOnce([])).toContain('migrated ');
    expect(await runs.startOnce([])).not.toContain('migrated ');
  });

  it.each([
    'apps/tiny/prisma/migrations/2_more/migration.sql',
    'packages/bus/migrations/2_more/migration.sql',
    'packages/bus/src/store/migrate-queue.ts',
    'pnpm-lock.yaml',
  ])('run when %s is new', async (file) => {
    await runs.startOnce(['tiny']);
    writeFile(file, 'SELECT 2;');
    expect(await runs.startOnce(['tiny'])).toContain('migrated ');
  });

  it('run when the text of one has changed, so that it is refused', async () => {
    await runs.startOnce(['tiny']);
    writeFile('packages/bus/migrations/1_events/migration.sql', 'SELECT 2;');
    expect(await runs.startOnce(['tiny'])).toContain('migrated ');
  });

  it('run after one that failed', async () => {
    await runs.startOnce(['tiny']);
    await runs.run(['migrate', 'tiny'], { TINY_TINY_MIGRATION: 'fails' }).exit;
    expect(await runs.startOnce(['tiny'])).toContain('migrated ');
  });

  it('run when somebody has dropped the database', async () => {
    const first = runs.run(['start', 'tiny']);
    await first.until(READY);
    const databaseUrl = runs.findState().postgresUrl ?? '';
    const pool = createPool({ databaseUrl, name: 'test', size: 1 });
    await pool.query('DROP DATABASE tiny');
    await pool.end();
    first.child.kill('SIGTERM');
    await first.exit;
    expect(await runs.startOnce(['tiny'])).toContain('migrated ');
  });

  it('run on a database that was given, at every start', async () => {
    const given = { DATABASE_URL: 'postgresql://me:secret@db.example/books' };
    await runs.startOnce(['tiny'], given);
    expect(await runs.startOnce(['tiny'], given)).toContain('migrated ');
  });

  it('run where another store takes the place of a database, which they may prepare', async () => {
    const mongo = { MONGO_URL: 'mongodb://mongo.example' };
    await runs.startOnce(['other'], mongo);
    expect(await runs.startOnce(['other'], mongo)).toContain('migrated ');
  });
});

it('npm run migrate runs whatever has changed, and spares the next start the work', async () => {
  runs.lendPostgres();
  for (let round = 0; round < 2; round++) {
    const { exit, said } = runs.run(['migrate', 'tiny']);
    expect(await exit).toMatchObject({ code: 0 });
    expect(said()).toContain('migrated ');
  }
  expect(await runs.startOnce(['tiny'])).not.toContain('migrated ');
});

it('--fresh forgets what was migrated, with the data', async () => {
  await runs.startOnce(['tiny']);
  expect(await runs.startOnce(['tiny', '--fresh'])).toContain('migrated ');
  // It makes two clusters.
}, 120_000);
