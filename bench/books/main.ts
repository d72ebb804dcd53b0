/**
 * The books API beside a bare Fastify route that sends the same bytes from one prepared `pg` query.
 * Servers on one core, wrk and PostgreSQL on the other, alternating rounds, medians of the rounds' ratios.
 * Run it with `npm run bench -- books [--rounds 5] [--seconds 5]`.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endRunning, isOnPath } from '../command.ts';
import { describeRun, median, toTable, writeSection } from '../report.ts';
import { type LoginRound, measureLogins } from './logins.ts';
import { type Bench, type ServerName, startBench } from './servers.ts';
import { createBookScript, readBooksScript, runWrk } from './wrk.ts';

const cases = ['GET /books/{id}', 'GET /books of 100', 'POST /books'] as const;
type Case = (typeof cases)[number];
type Rates = Record<ServerName, number>;
const [serverCore, clientCore] = ['0', '1'];
const connections = 64;
let firstId = 0;

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      only: { type: 'string' },
      'no-write': { type: 'boolean', default: false },
    },
  });
  if (!isOnPath('wrk') || !isOnPath('taskset') || cpus().length < 2) {
    console.error('This benchmark needs two cores, and wrk and taskset on PATH.');
    process.exit(2);
  }
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  const folder = mkdtempSync(join(tmpdir(), 'bench-books-'));
  pinTo(clientCore);
  process.once('SIGINT', endRunning);
  try {
    const chosen = cases.filter((name) => values.only === undefined || name.startsWith(values.only));
    const rates = await withBench(folder, serverCore, (bench) =>
      runRounds(bench, chosen, rounds, seconds, folder),
    );
    pinTo(`0-${cpus().length - 1}`);
    const logins = await withBench(folder, `0-${cpus().length - 1}`, (bench) =>
      runLogins(bench, rounds, seconds, folder),
    );
    const text = render(rates, logins);
    console.log(`\n${text}`);
    if (!values['no-write']) keep(text, rounds, seconds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** PostgreSQL inherits where we run. */
function pinTo(cores: string): void {
  spawnSync('taskset', ['-a', '-c', '-p', cores, String(process.pid)]);
}

async function withBench<T>(folder: string, cores: string, use: (bench: Bench) => Promise<T>): Promise<T> {
  const bench = await startBench(mkdtempSync(join(folder, 'run-')), cores);
  try {
    await assertSameBytes(bench);
    return await use(bench);
  } finally {
    await bench.db.end();
    await bench.stop();
  }
}

async function assertSameBytes({ urls }: Bench): Promise<void> {
  for (const path of ['/books/42', '/books']) {
    const [ours, bare] = await Promise.all(
      [urls.ours, urls.plain].map(async (url) => (await fetch(url + path)).text()),
    );
    if (ours !== bare)
      throw new Error(`${path} differs: ours ${ours?.slice(0, 200)}, bare ${bare?.slice(0, 200)}`);
  }
}

async function runRounds(
  bench: Bench,
  chosen: readonly Case[],
  rounds: number,
  seconds: number,
  folder: string,
) {
  const rates = new Map<Case, Rates[]>(chosen.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of chosen) {
      const measured: Rates = { ours: 0, observed: 0, plain: 0 };
      for (const server of ['ours', 'observed', 'plain'] as const) {
        measured[server] = await measure(bench, name, server, seconds, folder);
      }
      rates.get(name)?.push(measured);
      const line = Object.entries(measured).map(([server, rate]) => `${server} ${Math.round(rate)}/s`);
      console.log(`round ${round} of ${rounds}  ${name.padEnd(18)} ${line.join('  ')}`);
    }
  }
  return rates;
}

async function measure(
  bench: Bench,
  name: Case,
  server: ServerName,
  seconds: number,
  folder: string,
): Promise<number> {
  const load = { url: `${bench.urls[server]}/books`, seconds, connections, core: clientCore };
  if (name === 'GET /books of 100') return (await runWrk(load, folder)).requestsPerSecond;
  if (name === 'GET /books/{id}') {
    return (await runWrk({ ...load, script: readBooksScript() }, folder)).requestsPerSecond;
  }
  const script = createBookScript(bench.token, nextFirstId());
  const { requestsPerSecond } = await runWrk({ ...load, script }, folder);
  await bench.db.query('DELETE FROM books WHERE id > 100');
  await bench.db.query('VACUUM ANALYZE');
  return requestsPerSecond;
}

/** Ids of their own for each run: what was on its way when a run ended is still written. */
function nextFirstId(): number {
  firstId += 1_000_000;
  return firstId;
}

async function runLogins(
  bench: Bench,
  rounds: number,
  seconds: number,
  folder: string,
): Promise<LoginRound[]> {
  const results: LoginRound[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const result = await measureLogins(bench, seconds, folder);
    const { loginsPerSecond, bound, idleP99Ms, busyP99Ms } = result;
    console.log(
      `round ${round} of ${rounds}  logins ${loginsPerSecond.toFixed(1)}/s of ${bound.toFixed(1)}  p99 of GET ${idleP99Ms} ms idle, ${busyP99Ms} ms under logins`,
    );
    results.push(result);
  }
  return results;
}

function render(rates: Map<Case, Rates[]>, logins: readonly LoginRound[]): string {
  const middle = (list: readonly Rates[], pick: (rates: Rates) => number) => median(list.map(pick));
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const rows = [...rates].map(([name, list]) => [
    name,
    ...(['ours', 'observed', 'plain'] as const).map((server) => whole(middle(list, (r) => r[server]))),
    `${middle(list, (r) => r.ours / r.observed).toFixed(2)} ×`,
    `${middle(list, (r) => r.ours / r.plain).toFixed(2)} ×`,
  ]);
  const head = [
    'route',
    'ours /s',
    'bare, same logs and metrics /s',
    'bare /s',
    'of the former',
    'of the latter',
  ];
  const pick = (value: (round: LoginRound) => number) => median(logins.map(value));
  const loginLine = `Logins: ${pick((r) => r.loginsPerSecond).toFixed(1)}/s beside ${pick((r) => r.bound).toFixed(1)}/s that the hash alone allows (${pick((r) => r.loginsPerSecond / r.bound).toFixed(2)} ×). The p99 of GET /books/{id} is ${pick((r) => r.idleP99Ms).toFixed(2)} ms idle and ${pick((r) => r.busyP99Ms).toFixed(2)} ms while logins fill the line (${pick((r) => r.busyP99Ms / r.idleP99Ms).toFixed(1)} ×).`;
  return `${toTable(head, rows)}\n\n${loginLine}`;
}

function keep(text: string, rounds: number, seconds: number): void {
  const command = `npm run bench -- books --rounds ${rounds} --seconds ${seconds}`;
  const setting = `Server on one core, wrk and PostgreSQL on the other, ${connections} connections, medians of ${rounds} alternating rounds of ${seconds} s. The bare route answers the same bytes from one prepared statement; its POST writes the same rows, while ours also checks the token, the user, the body and the author. Logins and GETs then share all cores.`;
  writeSection(
    'books',
    `## Books API beside a bare Fastify route\n\n\`${command}\`, ${describeRun()}.\n${setting}\n\n${text}`,
  );
}
