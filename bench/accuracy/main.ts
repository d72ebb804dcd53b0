/**
 * How near to the truth load testers are: servers with a known latency that log what arrives, one client after the other.
 * Run it with `npm run bench -- accuracy [--rounds 1] [--seconds 10] [--only loadspiker,wrk] [--cases constant,stall]
 * [--load 0] [--heavy-load 12] [--no-write]`. With --load so many busy loops run beside every client on its core, to see
 * what becomes of the figures and that our engine calls its own INVALID; the case `loaded` does so by itself, with
 * --heavy-load. Runs with --load, and of only some clients or cases, are never written down.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { endRunning, isOnPath, runPinned } from '../command.ts';
import { withFolder } from '../folder.ts';
import { describeRun, writeSection } from '../report.ts';
import { endBusyLoops } from './busy-loops.ts';
import { type AccuracyCase, listCases, toLoad } from './cases.ts';
import { type AccuracyClient, clients } from './clients.ts';
import { measure, type Outcome } from './measure.ts';
import { type Results, render } from './render.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const [SERVER_CORE, CLIENT_CORE] = [0, 1];
const WARM_UP_SECONDS = 2;

await main();

async function main(): Promise<void> {
  const options = readOptions();
  if (!isOnPath('taskset') || cpus().length < 2) {
    console.error('This benchmark needs two cores, and taskset on PATH.');
    process.exit(2);
  }
  process.once('exit', () => {
    endRunning();
    endBusyLoops();
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    // The server ends with its parent.
    process.once(signal, () => process.exit(code));
  }
  const server = await startServer(SERVER_CORE);
  try {
    await warmUp(server);
    const results = await runRounds(server, options);
    const text = render(results, options.seconds);
    console.log(`\n${text}`);
    if (options.write) keep(text, options);
  } finally {
    await server.stop();
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '10' },
      only: { type: 'string' },
      cases: { type: 'string' },
      load: { type: 'string', default: '0' },
      'heavy-load': { type: 'string', default: '12' },
      'no-write': { type: 'boolean', default: false },
    },
  });
  const seconds = toWhole('--seconds', values.seconds, 2);
  const load = toWhole('--load', values.load, 0);
  const names = values.only?.split(',');
  const chosen = clients.filter(({ name }) => names?.some((start) => name.startsWith(start)) ?? true);
  for (const { name, missing } of chosen) {
    if (missing !== null) console.log(`${name} is left out: ${missing}.`);
  }
  const cases = listCases(seconds, toWhole('--heavy-load', values['heavy-load'], 1))
    .filter(({ name }) => values.cases?.split(',').includes(name) ?? true)
    .map((one) => (one.busyLoops > 0 ? one : { ...one, busyLoops: load }));
  return {
    rounds: toWhole('--rounds', values.rounds, 1),
    seconds,
    cases,
    clients: chosen.filter(({ missing }) => missing === null),
    // Figures that are wrong on purpose, or those of a part, are not for the page.
    write: !values['no-write'] && load === 0 && names === undefined && values.cases === undefined,
  };
}

type Options = ReturnType<typeof readOptions>;

function toWhole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  console.error(`${name} takes a whole number of at least ${least}, not "${text}".`);
  process.exit(2);
}

/** The compiler of the server needs its time, and the first client must not pay for it. */
async function warmUp(server: ServerProcess): Promise<void> {
  const [one] = listCases(WARM_UP_SECONDS, 1);
  const [client] = clients;
  if (one === undefined || client === undefined) return;
  await server.reset(one.behaviour);
  const load = toLoad(one, server.url, WARM_UP_SECONDS);
  await withFolder((folder) => runPinned(CLIENT_CORE, client.command(load, folder), { timeoutMs: 30_000 }));
}

/** Round by round, so that a slow spell of the machine touches all alike. */
async function runRounds(
  server: ServerProcess,
  { rounds, seconds, cases, clients }: Options,
): Promise<Results> {
  const results = new Map<AccuracyCase, Map<string, Outcome[]>>(cases.map((one) => [one, new Map()]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const one of cases) {
      for (const client of clients.filter((each) => takesPart(each, one))) {
        const outcome = await measure(server, client, one, { seconds, core: CLIENT_CORE });
        const outcomes = results.get(one)?.get(client.name) ?? [];
        results.get(one)?.set(client.name, [...outcomes, outcome]);
        console.log(
          `round ${round} of ${rounds}  ${one.name.padEnd(10)}  ${client.name.padEnd(32)} ${describe(outcome)}`,
        );
      }
    }
  }
  return results;
}

function takesPart({ name, isPaced }: AccuracyClient, { clients }: AccuracyCase): boolean {
  if (clients === 'all') return true;
  return isPaced && (clients === 'paced' || name.startsWith('loadspiker'));
}

function describe({ requests, failures, arrived, comparisons, verdict }: Outcome): string {
  const [first] = comparisons;
  const told = verdict === null ? '' : verdict.valid ? ', VALID' : ', INVALID';
  const failed = failures > 0 ? `, ${failures} failed` : '';
  return `${requests} counted${failed}, ${arrived} arrived, p50 ${first?.reportedMs[0]?.toFixed(2)} for ${first?.trueMs[0]?.toFixed(2)} ms${told}`;
}

function keep(text: string, { rounds, seconds }: Options): void {
  const command = `npm run bench -- accuracy --rounds ${rounds} --seconds ${seconds}`;
  const setting = `The server, alone on one core, holds its nth request for a time that was drawn beforehand, whatever the load, and logs when each arrived and was answered; the client has the other core. Rates are 1,000 per second unless said otherwise. Cells are what a client reported in ms, and in brackets how far that is from the truth in ms and in percent.
What a cell is held against: _its plan_, where a client starts by a plan and sent all of it: from each planned start (the number by the rate, so that no arrival is ahead of its plan) to the answer in the server's log. _The clock_: what the same server lets one wait that starts exactly by the clock, computed from its behaviour alone; that is what wrk2 aims at, and what a client cannot say that asks again only after an answer, or leaves starts out (coordinated omission). _What was held_: from arrival to answer in the server's log, which is all that a client in a loop can see.
autocannon spreads its rate over 50 connections (10 at 20/s), and starts what each may send as fast as answers come, second by second; it has whole milliseconds. wrk has no rate and corrects its figures by its mean pause. Ten in loops make about 1,000/s.
A machine that is too busy must be told by our engine itself: \`--load N\` has N busy loops run beside every client, on its core, and nothing is written here then; the case with busy loops below does so each time.`;
  writeSection(
    'accuracy',
    `## Accuracy: what load testers say, and what was true\n\n\`${command}\`, ${describeRun()}.\n${setting}\n\n${text}`,
  );
}
