import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from '@trafficflux/embedded-postgres';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Running, runPlatform } from '../../test/run.ts';
import { findRunState } from '../run-state.ts';

const READY = 'Ctrl-C stops everything';
let root: string;
let running: Running[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'platform-'));
  chmodSync(root, 0o711);
  running = [];
});
afterEach(async () => {
  for (const { child, exit } of running) {
    child.kill('SIGTERM');
    await exit;
  }
  rmSync(root, { recursive: true, force: true });
});

function run(args: string[], variables: Record<string, string> = {}): Running {
  const started = runPlatform(root, args, variables);
  running.push(started);
  return started;
}

function findState() {
  const state = findRunState(join(root, '.data'));
  if (state === undefined) throw new Error('nothing runs');
  return state;
}

/** Every process that belongs to this run: the supervisor, its services, and its PostgreSQL. */
function listProcesses(): number[] {
  const { pid, services } = findState();
  const server = Number(
    readFileSync(join(root, '.data/postgres/cluster/data/postmaster.pid'), 'utf8').split('\n')[0],
  );
  return [pid, server, ...services.map((service) => service.pid)];
}

async function readEnvironment(url: string): Promise<Record<string, string>> {
  const response = await fetch(`${url}/environment`);
  return JSON.parse(await response.text());
}

async function waitUntilGone(pids: readonly number[]): Promise<void> {
  await vi.waitFor(() => expect(pids.filter((pid) => identifyProcess(pid) !== undefined)).toEqual([]), {
    timeout: 10_000,
    interval: 20,
  });
}

describe('npm start', () => {
  it('migrates each database, starts each service, and shows where they are and what to try', async () => {
    const said = await run(['start']).until(READY);
    expect(said).toMatch(/migrated postgresql:\/\/postgres:\*\*\*@127\.0\.0\.1:\d+\/tiny/);
    expect(said).toMatch(/SERVICE +URL +DOCS\n +tiny +http:\/\/127\.0\.0\.1:\d+ +http:.*\/docs\n +other /);
    expect(said).toMatch(/curl http:\/\/127\.0\.0\.1:\d+\/try\n/);
  });

  it('starts only the services that are named', async () => {
    await run(['start', 'other']).until(READY);
    expect(findState().services.map(({ name }) => name)).toEqual(['other']);
  });

  it('answers an unknown name with the names there are', async () => {
    const { exit, said } = run(['start', 'nothing']);
    expect(await exit).toMatchObject({ code: 2 });
    expect(said()).toBe('There is no service "nothing". There is: tiny, other.\n');
  });

  it('names the taken port and the variable that changes it, before anything slow', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { exit, said } = run(['start', 'tiny'], { TINY_PORT: String(port) });
    expect(await exit).toMatchObject({ code: 1 });
    server.close();
    expect(said()).toBe(`Port ${port} is already taken: choose another with TINY_PORT=${port + 1}.\n`);
    expect(existsSync(join(root, '.data/postgres'))).toBe(false);
  });

  it('tells a second start where the first one runs', async () => {
    await run(['start', 'tiny']).until(READY);
    const { pid, services } = findState();
    const second = run(['start', 'tiny']);
    expect(await second.exit).toMatchObject({ code: 1 });
    expect(second.said()).toContain(`TrafficFlux already runs: ${services[0]?.url} (process ${pid}).`);
  });

  it('gives each service its own variables only, and a secret that stays', async () => {
    await run(['start'], {
      TINY_COLOUR: 'red',
      OTHER_COLOUR: 'blue',
      SECRET_KEY: 'the documented name',
    }).until(READY);
    const environments = await Promise.all(findState().services.map(({ url }) => readEnvironment(url)));
    const tiny = environments.find(({ COLOUR }) => COLOUR === 'red');
    const other = environments.find(({ COLOUR }) => COLOUR === 'blue');
    expect(tiny).toMatchObject({
      COLOUR: 'red',
      SECRET_KEY: 'the documented name',
      PORT_VARIABLE: 'TINY_PORT',
    });
    expect(other).toMatchObject({ COLOUR: 'blue', PORT_VARIABLE: 'OTHER_PORT' });
    expect(other?.SECRET_KEY).toBe(readFileSync(join(root, '.data/secrets/other'), 'utf8'));
    expect(statSync(join(root, '.data/secrets/other')).mode & 0o777).toBe(0o600);
    expect(Object.keys({ ...tiny, ...other }).filter((name) => /^(TINY|OTHER)_/.test(name))).toEqual([]);
  });

  it('uses the database of DATABASE_URL and starts none of its own', async () => {
    const url = 'postgresql://me:secret@db.example/books';
    const said = await run(['start', 'tiny'], { DATABASE_URL: url }).until(READY);
    expect(said).toContain('migrated postgresql://me:***@db.example/books');
    expect(existsSync(join(root, '.data/postgres'))).toBe(false);
  });

  it('starts a crashed service again, and says so', async () => {
    const { until } = run(['start', 'tiny']);
    await until(READY);
    const [before] = findState().services;
    await fetch(`${before?.url}/crash`).catch(() => {});
    await until('tiny     │ ended with exit code 7; starting it again in 0.25 s');
    await vi.waitFor(() => expect(findState().services[0]?.pid).not.toBe(before?.pid), { timeout: 10_000 });
  });

  it('starts a killed PostgreSQL again on the same port', async () => {
    const { until } = run(['start', 'tiny']);
    await until(READY);
    const server = listProcesses()[1] ?? 0;
    process.kill(server, 'SIGKILL');
    await until('postgres │ ended unasked; starting it again');
    await vi.waitFor(() => expect(listProcesses()[1]).not.toBe(server), { timeout: 10_000 });
  });

  it('ends with the sentence of a service that cannot start', async () => {
    const { exit, said } = run(['start', 'tiny'], { TINY_TINY_MODE: 'fails' });
    expect(await exit).toMatchObject({ code: 1 });
    expect(said()).toContain('tiny did not start: its configuration is wrong.');
  });

  it('ends when a migration fails', async () => {
    const { exit, said } = run(['start', 'tiny'], { TINY_TINY_MIGRATION: 'fails' });
    expect(await exit).toMatchObject({ code: 1 });
    expect(said()).toContain('the migration is broken');
    expect(said()).toContain('The database of tiny could not be brought up to date (exit code 3).');
  });
});

describe('the end of npm start', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s stops everything, with exit code 0',
    async (signal) => {
      const { child, exit, until } = run(['start']);
      await until(READY);
      const processes = listProcesses();
      child.kill(signal);
      expect(await exit).toEqual({ code: 0, signal: null });
      expect(processes.filter((pid) => identifyProcess(pid) !== undefined)).toEqual([]);
      expect(findRunState(join(root, '.data'))).toBeUndefined();
    },
  );

  it('SIGKILL leaves no process behind', async () => {
    const { child, until } = run(['start']);
    await until(READY);
    const processes = listProcesses();
    child.kill('SIGKILL');
    await waitUntilGone(processes);
  });

  it('SIGKILL leaves not even a service that ignores its end', async () => {
    const { child, until } = run(['start', 'tiny'], { TINY_TINY_MODE: 'stubborn' });
    await until(READY);
    const processes = listProcesses();
    child.kill('SIGKILL');
    await waitUntilGone(processes);
  });

  it('comes when the channel to the bootstrap closes', async () => {
    const { child, exit, until } = run(['start', 'tiny']);
    await until(READY);
    const processes = listProcesses();
    child.disconnect();
    expect(await exit).toMatchObject({ code: 0 });
    await waitUntilGone(processes);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s during a migration leaves no process behind',
    async (signal) => {
      const { child, exit, until } = run(['start', 'tiny'], { TINY_TINY_MIGRATION: 'hangs' });
      await until('migrating');
      const processes = listProcesses();
      child.kill(signal);
      await exit;
      await waitUntilGone(processes);
    },
  );

  it('SIGTERM while a service starts stops everything', async () => {
    const { child, exit, until } = run(['start', 'tiny'], { TINY_TINY_MODE: 'never-ready' });
    await until('migrated');
    const processes = listProcesses();
    child.kill('SIGTERM');
    expect(await exit).toMatchObject({ code: 0 });
    await waitUntilGone(processes);
  });
});

describe('npm start -- --fresh', () => {
  it('forgets databases and secrets, and keeps the rest of .data', async () => {
    mkdirSync(join(root, '.data/secrets'), { recursive: true });
    mkdirSync(join(root, '.data/toolchain'));
    writeFileSync(join(root, '.data/secrets/tiny'), 'old');
    await run(['start', 'tiny', '--fresh']).until(READY);
    expect(readFileSync(join(root, '.data/secrets/tiny'), 'utf8')).not.toBe('old');
    expect(readdirSync(join(root, '.data'))).toContain('toolchain');
  });

  it('deletes nothing while another one runs', async () => {
    await run(['start', 'tiny']).until(READY);
    const secret = readFileSync(join(root, '.data/secrets/tiny'), 'utf8');
    const second = run(['start', 'tiny', '--fresh']);
    expect(await second.exit).toMatchObject({ code: 1 });
    expect(readFileSync(join(root, '.data/secrets/tiny'), 'utf8')).toBe(secret);
  });

  it('deletes nothing outside .data, where a link leads', async () => {
    mkdirSync(join(root, 'precious'));
    mkdirSync(join(root, '.data'));
    symlinkSync(join(root, 'precious'), join(root, '.data/postgres'));
    const { exit, said } = run(['start', 'tiny', '--fresh']);
    expect(await exit).toMatchObject({ code: 1 });
    expect(said()).toContain('is a link to somewhere else');
    expect(existsSync(join(root, 'precious'))).toBe(true);
  });
});

describe('npm run status', () => {
  it('says that nothing runs, with an exit code for scripts', async () => {
    const { exit, said } = run(['status', '--json']);
    expect(await exit).toMatchObject({ code: 1 });
    expect(JSON.parse(said())).toEqual({ running: false, pid: null, services: [] });
  });

  it('tells the state of each service while they run', async () => {
    await run(['start', 'tiny']).until(READY);
    const { exit, said } = run(['status', '--json']);
    expect(await exit).toMatchObject({ code: 0 });
    expect(JSON.parse(said())).toMatchObject({ running: true, services: [{ name: 'tiny', state: 'up' }] });
  });
});

describe('npm run migrate', () => {
  it('starts PostgreSQL for the moment when none runs', async () => {
    const { exit, said } = run(['migrate', 'tiny']);
    expect(await exit).toMatchObject({ code: 0 });
    expect(said()).toMatch(/^migrated postgresql:.*\/tiny\n$/);
  });

  it('passes on the exit code of a migration that failed', async () => {
    expect(await run(['migrate', 'tiny'], { TINY_TINY_MIGRATION: 'fails' }).exit).toMatchObject({ code: 3 });
  });
});
