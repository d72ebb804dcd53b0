import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { READY, useRuns } from '../../test/runs.ts';

const runs = useRuns();

async function readEnvironment(url: string | undefined): Promise<Record<string, string>> {
  const response = await fetch(`${url}/environment`);
  return JSON.parse(await response.text());
}

describe('npm start', () => {
  it('migrates each database, starts each service, and shows where they are and what to try', async () => {
    const said = await runs.run(['start']).until(READY);
    for (const [service, database] of [
      ['tiny ', 'tiny'],
      ['other', 'first'],
      ['other', 'second'],
    ]) {
      expect(said).toMatch(
        new RegExp(`${service} +│ migrated \\S+:\\*\\*\\*@127\\.0\\.0\\.1:\\d+/${database}\n`),
      );
    }
    expect(said).toMatch(/SERVICE +URL +DOCS\n +tiny +http:\/\/127\.0\.0\.1:\d+ +http:.*\/docs\n +other /);
    const [tiny, other] = ['tiny', 'other'].map(
      (name) => runs.findState().services.find((service) => service.name === name)?.url,
    );
    expect(said).toContain(`curl ${other}/try?target=${tiny}\n`);
  });

  it('starts only the services that are named', async () => {
    runs.lendPostgres();
    await runs.run(['start', 'other']).until(READY);
    expect(runs.findState().services.map(({ name }) => name)).toEqual(['other']);
  });

  it('answers an unknown name with the names there are', async () => {
    const { exit, said } = runs.run(['start', 'nothing']);
    expect(await exit).toMatchObject({ code: 2 });
    expect(said()).toBe('There is no service "nothing". There is: tiny, other.\n');
  });

  it('names the taken port and the variable that changes it, before anything slow', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { exit, said } = runs.run(['start', 'tiny'], { TINY_PORT: String(port) });
    expect(await exit).toMatchObject({ code: 1 });
    server.close();
    expect(said()).toBe(`Port ${port} is already taken: choose another with TINY_PORT=${port + 1}.\n`);
    expect(existsSync(join(runs.root, '.data/postgres'))).toBe(false);
  });

  it('tells a second start where the first one runs', async () => {
    runs.lendPostgres();
    await runs.run(['start', 'tiny']).until(READY);
    const { pid, services } = runs.findState();
    const second = runs.run(['start', 'tiny']);
    expect(await second.exit).toMatchObject({ code: 1 });
    expect(second.said()).toContain(`TrafficFlux already runs: ${services[0]?.url} (process ${pid}).`);
  });

  it('gives each service its own variables only, and a secret that stays', async () => {
    runs.lendPostgres();
    await runs
      .run(['start'], {
        TINY_COLOUR: 'red',
        OTHER_COLOUR: 'blue',
        SECRET_KEY: 'the documented name',
        MONGO_URL: 'mongodb://mongo.example',
      })
      .until(READY);
    const environments = await Promise.all(runs.findState().services.map(({ url }) => readEnvironment(url)));
    const tiny = environments.find(({ COLOUR }) => COLOUR === 'red');
    const other = environments.find(({ COLOUR }) => COLOUR === 'blue');
    expect(tiny).toMatchObject({
      COLOUR: 'red',
      SECRET_KEY: 'the documented name',
      PORT_VARIABLE: 'TINY_PORT',
    });
    expect(other).toMatchObject({
      COLOUR: 'blue',
      PORT_VARIABLE: 'OTHER_PORT',
      MONGO_URL: 'mongodb://mongo.example',
      SECOND_URL: expect.stringMatching(/\/second$/),
    });
    expect(tiny).not.toHaveProperty('MONGO_URL');
    // MongoDB takes the place of its first database.
    expect(other).not.toHaveProperty('FIRST_URL');
    expect(other?.SECRET_KEY).toBe(readFileSync(join(runs.root, '.data/secrets/other'), 'utf8'));
    expect(statSync(join(runs.root, '.data/secrets/other')).mode & 0o777).toBe(0o600);
    expect(Object.keys({ ...tiny, ...other }).filter((name) => /^(TINY|OTHER)_/.test(name))).toEqual([]);
  });

  it('uses the database of DATABASE_URL and starts none of its own', async () => {
    const url = 'postgresql://me:secret@db.example/books';
    const said = await runs.run(['start', 'tiny'], { DATABASE_URL: url }).until(READY);
    expect(said).toContain('migrated postgresql://me:***@db.example/books');
    expect(existsSync(join(runs.root, '.data/postgres'))).toBe(false);
  });

  it('starts a crashed service again, and says so', async () => {
    runs.lendPostgres();
    const { until } = runs.run(['start', 'tiny']);
    await until(READY);
    const [before] = runs.findState().services;
    await fetch(`${before?.url}/crash`).catch(() => {});
    await until('tiny     │ ended with exit code 7; starting it again in 0.25 s');
    await expect.poll(() => runs.findState().services[0]?.pid).not.toBe(before?.pid);
  });

  it('starts a killed PostgreSQL again on the same port', async () => {
    runs.lendPostgres();
    const { until } = runs.run(['start', 'tiny']);
    await until(READY);
    const server = runs.listProcesses()[1] ?? 0;
    process.kill(server, 'SIGKILL');
    await until('postgres │ ended unasked; starting it again');
    await expect.poll(() => runs.listProcesses()[1]).not.toBe(server);
  });

  it('ends with the sentence of a service that cannot start, while another has yet to', async () => {
    runs.lendPostgres();
    const { exit, said } = runs.run(['start'], { TINY_TINY_MODE: 'fails', OTHER_TINY_MIGRATION: 'hangs' });
    expect(await exit).toMatchObject({ code: 1 });
    expect(said()).toContain('tiny did not start: its configuration is wrong.');
  });

  it('ends when a migration fails', async () => {
    runs.lendPostgres();
    const { exit, said } = runs.run(['start', 'tiny'], { TINY_TINY_MIGRATION: 'fails' });
    expect(await exit).toMatchObject({ code: 1 });
    expect(said()).toContain('the migration is broken');
    expect(said()).toContain('The database of tiny could not be brought up to date (exit code 3).');
  });
});

describe('npm start -- --fresh', () => {
  it('forgets databases and secrets, and keeps the rest of .data', async () => {
    mkdirSync(join(runs.root, '.data/secrets'), { recursive: true });
    mkdirSync(join(runs.root, '.data/toolchain'));
    writeFileSync(join(runs.root, '.data/secrets/tiny'), 'old');
    await runs.run(['start', 'tiny', '--fresh']).until(READY);
    expect(readFileSync(join(runs.root, '.data/secrets/tiny'), 'utf8')).not.toBe('old');
    expect(readdirSync(join(runs.root, '.data'))).toContain('toolchain');
  });

  it('deletes nothing while another one runs', async () => {
    runs.lendPostgres();
    await runs.run(['start', 'tiny']).until(READY);
    const secret = readFileSync(join(runs.root, '.data/secrets/tiny'), 'utf8');
    const second = runs.run(['start', 'tiny', '--fresh']);
    expect(await second.exit).toMatchObject({ code: 1 });
    expect(readFileSync(join(runs.root, '.data/secrets/tiny'), 'utf8')).toBe(secret);
  });

  it('deletes nothing outside .data, where a link leads', async () => {
    mkdirSync(join(runs.root, 'precious'));
    mkdirSync(join(runs.root, '.data'));
    symlinkSync(join(runs.root, 'precious'), join(runs.root, '.data/postgres'));
    const { exit, said } = runs.run(['start', 'tiny', '--fresh']);
    expect(await exit).toMatchObject({ code: 1 });
    expect(said()).toContain('is a link to somewhere else');
    expect(existsSync(join(runs.root, 'precious'))).toBe(true);
  });
});

describe('npm run status', () => {
  it('tells the state of each service while they run, and afterwards that nothing does', async () => {
    runs.lendPostgres();
    const { child, exit, until } = runs.run(['start', 'tiny']);
    await until(READY);
    const during = runs.run(['status', '--json']);
    expect(await during.exit).toMatchObject({ code: 0 });
    expect(JSON.parse(during.said())).toMatchObject({
      running: true,
      services: [{ name: 'tiny', state: 'up' }],
    });
    child.kill('SIGTERM');
    await exit;
    const afterwards = runs.run(['status', '--json']);
    expect(await afterwards.exit).toMatchObject({ code: 1 });
    expect(JSON.parse(afterwards.said())).toEqual({ running: false, pid: null, services: [] });
  });
});
