/**
 * The session runner under load: sessions started and finished per second, status reads while 100 journeys run, and
 * 1,000 sessions at once that are then stopped. The service on one core, the clients and PostgreSQL on the other;
 * each figure stands beside one of the same run. Run it with `npm run bench -- runner [--rounds 3] [--seconds 5]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runWrk } from '../books/wrk.ts';
import { isOnPath } from '../command.ts';
import { describeRun, median, toTable, writeSection } from '../report.ts';
import { type Runner, startRunner } from './runner.ts';

const [serviceCore, clientCore] = ['0', '1'];
const [CLIENTS, SESSIONS, LOOKED_AT] = [32, 1000, 100];
const target = { search_keyword: 'keyboard', target_domain: 'https://rehearsed.example/' };

/** Journeys that end at once, and journeys that go on for as long as we look. */
const SHORT = {
  JOURNEY_PAGES: '1',
  JOURNEY_PAUSE_MIN_MS: '0',
  JOURNEY_PAUSE_MAX_MS: '0',
  JOURNEY_REQUESTS_PER_SECOND: '1000',
};
const LONG = {
  JOURNEY_PAGES: '100',
  JOURNEY_PAUSE_MIN_MS: '2000',
  JOURNEY_PAUSE_MAX_MS: '4000',
  JOURNEY_TIME_LIMIT_MS: '3600000',
};

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      'no-write': { type: 'boolean', default: false },
    },
  });
  if (!isOnPath('wrk') || !isOnPath('taskset') || cpus().length < 2) {
    console.error('This benchmark needs two cores, and wrk and taskset on PATH.');
    process.exit(2);
  }
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  spawnSync('taskset', ['-a', '-c', '-p', clientCore, String(process.pid)]);
  const folder = mkdtempSync(join(tmpdir(), 'bench-runner-'));
  try {
    const finished = await withRunner(folder, { ...SHORT, THREAD_POOL_SIZE: '10' }, async (runner) => {
      await warmUp(runner, 10);
      return repeat(rounds, (round) => measureSessions(runner, seconds, round));
    });
    const many = { ...LONG, THREAD_POOL_SIZE: `${LOOKED_AT}`, MAX_THREADS: '10' };
    const looks = await withRunner(folder, many, (runner) => measureLooks(runner, seconds, rounds));
    const crowds = await withRunner(folder, { ...LONG, THREAD_POOL_SIZE: '10' }, async (runner) => {
      await warmUp(runner, 10);
      return repeat(rounds, (round) => measureCrowd(runner, round));
    });
    const text = render(finished, looks, crowds);
    console.log(`\n${text}`);
    if (!values['no-write']) keep(text, rounds, seconds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withRunner<T>(
  folder: string,
  environment: Record<string, string>,
  use: (runner: Runner) => Promise<T>,
): Promise<T> {
  const runner = await startRunner(mkdtempSync(join(folder, 'run-')), environment);
  try {
    return await use(runner);
  } finally {
    await runner.stop();
  }
}

/** Threads start once, on all cores; nobody waits for that in a runner that has been up for a minute. */
async function warmUp(runner: Runner, threads: number): Promise<void> {
  await startMany(runner, 10 * threads, CLIENTS);
  await waitUntilRunning(runner, threads);
  await runner.post('/automation/stop');
  await waitUntilActive(runner, 0);
  await settle(runner);
}

/** Pins it, and waits until what went before has ended in its threads too. */
async function settle(runner: Runner): Promise<void> {
  runner.pinTo(serviceCore);
  for (;;) {
    const before = await runner.readCpuSeconds();
    await wait(1000);
    if ((await runner.readCpuSeconds()) - before < 0.2) return;
  }
}

async function repeat<T>(rounds: number, measure: (round: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 1; round <= rounds; round += 1) results.push(await measure(round));
  return results;
}

async function startMany(runner: Runner, count: number, clients: number): Promise<void> {
  let left = count;
  const startSome = async () => {
    while (left-- > 0) {
      const { status, json } = await runner.post('/automation/start', target);
      if (status !== 200) throw new Error(`a start was answered ${status}: ${JSON.stringify(json)}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, startSome));
}

/** Until so many threads play at once, or nothing is left to play. */
async function waitUntilRunning(runner: Runner, threads: number): Promise<void> {
  for (;;) {
    const { active_sessions } = (await runner.get('/automation/status')).json;
    const sessions = Object.values<{ running_threads: number }>(active_sessions);
    const running = sessions.reduce((sum, { running_threads }) => sum + running_threads, 0);
    if (sessions.length === 0 || running >= threads) return;
    await wait(100);
  }
}

async function waitUntilActive(runner: Runner, count: number): Promise<void> {
  while ((await runner.get('/automation/config')).json.active_sessions !== count) await wait(10);
}

async function measureSessions(runner: Runner, seconds: number, round: number) {
  const begin = performance.now();
  let count = 0;
  while (performance.now() - begin < seconds * 1000) {
    await startMany(runner, 10 * CLIENTS, CLIENTS);
    count += 10 * CLIENTS;
  }
  const startedPerSecond = count / ((performance.now() - begin) / 1000);
  await waitUntilActive(runner, 0);
  const perSecond = count / ((performance.now() - begin) / 1000);
  console.log(
    `round ${round}  ${Math.round(startedPerSecond)} started/s, ${Math.round(perSecond)} finished/s`,
  );
  return { startedPerSecond, perSecond };
}

/** The reads of a runner at rest, and the same while 100 journeys run. */
async function measureLooks(runner: Runner, seconds: number, rounds: number) {
  const rate = (path: string) => repeat(rounds, () => readRate(runner, path, seconds));
  await settle(runner);
  const idle = await rate('/automation/config');
  runner.pinTo(`0-${cpus().length - 1}`);
  await Promise.all(
    Array.from({ length: LOOKED_AT / 10 }, () =>
      runner.post('/automation/start-multi', { ...target, thread_count: 10 }),
    ),
  );
  await waitUntilRunning(runner, LOOKED_AT);
  await settle(runner);
  const [id] = Object.keys((await runner.get('/automation/status')).json.active_sessions);
  const busy = await rate('/automation/config');
  const list = await rate('/automation/status');
  const one = await rate(`/automation/status/${id}`);
  console.log(
    `config ${Math.round(median(idle))}/s idle, ${Math.round(median(busy))}/s busy; status ${Math.round(median(list))}/s, of one session ${Math.round(median(one))}/s`,
  );
  return { idle, busy, list, one };
}

async function readRate({ url, token, folder }: Runner, path: string, seconds: number): Promise<number> {
  const script = `wrk.headers["Authorization"] = "Bearer ${token}"`;
  const load = { url: url + path, seconds, connections: CLIENTS, core: clientCore, script };
  return (await runWrk(load, folder)).requestsPerSecond;
}

/** 1,000 sessions: what one that waits costs, and how long a stop of all of them takes. */
async function measureCrowd(runner: Runner, round: number) {
  const before = await runner.inspector.readHeap();
  await startMany(runner, SESSIONS, CLIENTS);
  const bytesEach = ((await runner.inspector.readHeap()) - before) / SESSIONS;
  const { json } = await runner.get('/automation/status');
  const running = Object.values<{ running_threads: number }>(json.active_sessions).filter(
    ({ running_threads }) => running_threads > 0,
  ).length;
  const begin = performance.now();
  const stopped = await runner.post('/automation/stop');
  const stopMs = performance.now() - begin;
  const ended = stopped.json.sessions.filter(
    ({ threads_completed }: { threads_completed: number }) => threads_completed === 1,
  ).length;
  console.log(
    `round ${round}  ${running} run, ${(bytesEach / 1024).toFixed(1)} KB each, ${ended} stopped in ${Math.round(stopMs)} ms`,
  );
  await waitUntilActive(runner, 0);
  return { running, bytesEach, ended, stopMs };
}

type Result<T extends (...input: never[]) => Promise<unknown>> = Awaited<ReturnType<T>>;

function render(
  finished: Result<typeof measureSessions>[],
  looks: Result<typeof measureLooks>,
  crowds: Result<typeof measureCrowd>[],
): string {
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const middle = <T>(list: readonly T[], pick: (one: T) => number) => median(list.map(pick));
  const idle = median(looks.idle);
  const row = (name: string, rate: number) => [name, whole(rate), `${(rate / idle).toFixed(2)} ×`];
  const reads = toTable(
    ['read', 'per second', 'of the one at rest'],
    [
      row('GET /automation/config at rest', idle),
      row(`GET /automation/config, ${LOOKED_AT} journeys`, median(looks.busy)),
      row(`GET /automation/status, ${LOOKED_AT} journeys`, median(looks.list)),
      row(`GET /automation/status/{id}, ${LOOKED_AT} journeys`, median(looks.one)),
    ],
  );
  const rates = `Sessions of one journey without pauses, on 10 threads: ${whole(middle(finished, (one) => one.startedPerSecond))} started and stored per second, ${whole(middle(finished, (one) => one.perSecond))} started, played, recorded and finished.`;
  const crowd = `${whole(SESSIONS)} sessions at once: ${whole(middle(crowds, (one) => one.running))} run, the others wait, at ${(middle(crowds, (one) => one.bytesEach) / 1024).toFixed(1)} KB of heap for each. A stop of all is answered after ${whole(middle(crowds, (one) => one.stopMs))} ms, with ${whole(middle(crowds, (one) => one.ended))} ended and recorded.`;
  return `${rates}\n\n${reads}\n\n${crowd}`;
}

function keep(text: string, rounds: number, seconds: number): void {
  const command = `npm run bench -- runner --rounds ${rounds} --seconds ${seconds}`;
  const setting = `The service on one core, ${CLIENTS} clients and PostgreSQL on the other, medians of ${rounds} rounds. Journeys are rehearsed, without network; every session, journey and step is stored.`;
  writeSection('runner', `## Session runner\n\n\`${command}\`, ${describeRun()}.\n${setting}\n\n${text}`);
}
