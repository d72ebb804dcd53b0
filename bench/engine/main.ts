/**
 * Our client beside its peers on one fast server: server and client pinned to one core each, alternating rounds, medians.
 * Then the same of a POST with a header that varies, and what users and samples take of memory. Run it with
 * `npm run bench -- engine [--rounds 5] [--seconds 5] [--connections 64] [--only loadspiker,wrk] [--parts get,post,memory]
 * [--no-write]`.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { endRunning, isOnPath } from '../command.ts';
import { describeRun, median, toTable, writeSection } from '../report.ts';
import { clients, type LoadClient } from './clients.ts';
import { measureMemory } from './memory.ts';
import { startNginx } from './nginx.ts';
import { POST_BODY, postClients } from './post-clients.ts';
import { clientCore, percent, runRounds } from './rounds.ts';
import type { Sample } from './window.ts';

/** One of several comparisons of the same kind, each with a section of its own. */
interface Part {
  readonly name: string;
  readonly section: string;
  readonly title: string;
  readonly clients: readonly LoadClient[];
  /** What is sent. */
  readonly note: string;
}

const serverCore = 0;
const comparisons: readonly Part[] = [
  { name: 'get', section: 'engine', title: 'a plain GET of 60 bytes', clients, note: '' },
  {
    name: 'post',
    section: 'engine-post',
    title: 'a POST with a header that varies',
    clients: postClients,
    note: ` Each request carries ${POST_BODY.length} bytes of JSON, and a number of its own in a header: from a scenario in TypeScript, from a script in Lua (wrk) and in JavaScript (k6).`,
  },
];

await main();

async function main(): Promise<void> {
  const options = readOptions();
  const missing = ['nginx', 'taskset'].filter((program) => !isOnPath(program));
  if (missing.length > 0 || cpus().length < 2) {
    console.error(
      `This benchmark needs two cores, and nginx and taskset on PATH (missing: ${missing.join(', ') || 'a core'}).`,
    );
    process.exit(2);
  }
  const server = await startNginx(serverCore);
  let interrupted = 0;
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      interrupted = code;
      endRunning();
    });
  }
  try {
    const isInterrupted = () => interrupted > 0;
    for (const part of comparisons.filter(({ name }) => options.parts.includes(name))) {
      const chosen = chooseClients(part.clients, options.only);
      if (chosen.length === 0) continue;
      const samples = await runRounds(server, chosen, options, isInterrupted);
      if (!isInterrupted()) printAndKeep(samples, part, options);
    }
    if (options.parts.includes('memory') && !isInterrupted()) await keepMemory(options);
  } catch (error) {
    // The client that was ended with us has failed, and that is no news.
    if (interrupted === 0) throw error;
  } finally {
    await server.stop();
  }
  if (interrupted > 0) process.exit(interrupted);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '64' },
      only: { type: 'string' },
      parts: { type: 'string', default: 'get,post,memory' },
      'no-write': { type: 'boolean', default: false },
    },
  });
  return {
    rounds: toPositive('--rounds', values.rounds, 1),
    seconds: toPositive('--seconds', values.seconds, 2),
    connections: toPositive('--connections', values.connections, 1),
    only: values.only?.split(','),
    parts: values.parts.split(','),
    write: !values['no-write'],
  };
}

function chooseClients(all: readonly LoadClient[], only: readonly string[] | undefined): LoadClient[] {
  const chosen = all.filter((client) => only === undefined || only.includes(client.name));
  for (const client of chosen) {
    if (client.missing !== null) console.log(`${client.name} is not on PATH (${client.missing}): left out.`);
  }
  return chosen.filter((client) => client.missing === null);
}

function toPositive(name: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  console.error(`${name} takes a whole number of at least ${least}, not "${text}".`);
  process.exit(2);
}

type Options = ReturnType<typeof readOptions>;

function printAndKeep(samples: Map<string, Sample[]>, part: Part, options: Options): void {
  const wrk = samples.get('wrk');
  const rows = [...samples].map(([name, list]) => {
    const of = (pick: (sample: Sample) => number) => median(list.map(pick));
    // The median of the rounds' ratios, since both sides of one ratio met the same weather.
    const ratios = list.map(
      (sample, round) => sample.requestsPerSecond / (wrk?.[round]?.requestsPerSecond ?? Number.NaN),
    );
    return [
      name,
      Math.round(of((sample) => sample.requestsPerSecond)).toLocaleString('en'),
      wrk === undefined ? '–' : `${median(ratios).toFixed(2)} ×`,
      of((sample) => sample.cpuUsPerRequest).toFixed(2),
      percent(of((sample) => sample.clientLoad)),
      percent(of((sample) => sample.serverLoad)),
    ];
  });
  const table = toTable(
    ['client', 'requests/s', 'of wrk', 'CPU µs/request', 'client core', 'nginx core'],
    rows,
  );
  console.log(`\n${table}`);
  if (!options.write) return;
  const command = `npm run bench -- engine --rounds ${options.rounds} --seconds ${options.seconds} --connections ${options.connections} --parts ${part.name}`;
  writeSection(
    part.section,
    `## Load engine: ${part.title}\n\n\`${command}\`, ${describeRun()}.\nnginx on one core, the client on the other, ${options.connections} keep-alive connections; medians of ${options.rounds} alternating rounds of ${options.seconds} s. Rates are nginx's count in the middle of a run, and CPU time is what all threads of the client took meanwhile; every client's own count was held against nginx's. Where nginx's core is full, the server is the limit: then compare the CPU time per request.${part.note}\n\n${table}`,
  );
}

async function keepMemory({ rounds, write }: Options): Promise<void> {
  const text = await measureMemory({ server: serverCore, client: clientCore }, rounds);
  console.log(`\n${text}`);
  if (!write) return;
  const command = `npm run bench -- engine --rounds ${rounds} --parts memory`;
  writeSection('engine-memory', `## Load engine: memory\n\n\`${command}\`, ${describeRun()}.\n\n${text}`);
}
