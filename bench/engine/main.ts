/**
 * Our client beside its peers on one fast server: server and client pinned to one core each, alternating rounds, medians.
 * Run it with `npm run bench -- engine [--rounds 5] [--seconds 5] [--connections 64] [--only loadspiker,wrk]`.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { endRunning, isOnPath, runPinned } from '../command.ts';
import { withFolder } from '../folder.ts';
import { describeRun, median, toTable, writeSection } from '../report.ts';
import { clients, type Load, type LoadClient } from './clients.ts';
import { type FastServer, startNginx } from './nginx.ts';
import { type Sample, sampleRun } from './window.ts';

const [serverCore, clientCore] = [0, 1];

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
    const samples = await runRounds(server, options, () => interrupted > 0);
    if (interrupted === 0) printAndKeep(samples, options);
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
      'no-write': { type: 'boolean', default: false },
    },
  });
  const only = values.only?.split(',');
  const chosen = clients.filter((client) => only === undefined || only.includes(client.name));
  for (const client of chosen) {
    if (client.missing !== null) console.log(`${client.name} is not on PATH (${client.missing}): left out.`);
  }
  return {
    rounds: toPositive('--rounds', values.rounds, 1),
    seconds: toPositive('--seconds', values.seconds, 2),
    connections: toPositive('--connections', values.connections, 1),
    clients: chosen.filter((client) => client.missing === null),
    write: !values['no-write'],
  };
}

function toPositive(name: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= least) return number;
  console.error(`${name} takes a whole number of at least ${least}, not "${text}".`);
  process.exit(2);
}

type Options = ReturnType<typeof readOptions>;

/** Each round runs every client once, so that a slow spell of the machine touches all alike. */
async function runRounds(
  server: FastServer,
  options: Options,
  isInterrupted: () => boolean,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(options.clients.map(({ name }) => [name, []]));
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const client of options.clients) {
      if (isInterrupted()) return samples;
      const sample = await measure(server, client, { ...options, url: server.url });
      samples.get(client.name)?.push(sample);
      console.log(`round ${round} of ${options.rounds}  ${client.name.padEnd(16)} ${describe(sample)}`);
    }
  }
  return samples;
}

function describe({ requestsPerSecond, cpuUsPerRequest, clientLoad, serverLoad }: Sample): string {
  const rate = Math.round(requestsPerSecond).toLocaleString('en').padStart(9);
  return `${rate}/s ${cpuUsPerRequest.toFixed(2).padStart(7)} µs CPU, client core ${percent(clientLoad)}, nginx core ${percent(serverLoad)}`;
}

async function measure(server: FastServer, client: LoadClient, load: Load): Promise<Sample> {
  return withFolder(async (folder) => {
    const before = await server.countRequests();
    let sampling: Promise<Sample> | undefined;
    const { stdout } = await runPinned(clientCore, client.command(load, folder), {
      timeoutMs: load.seconds * 1000 + 30_000,
      onStart: (group) => {
        sampling = sampleRun(server, group, load.seconds);
        // If the client fails, that is what is reported.
        sampling.catch(() => undefined);
      },
    });
    const sample = await sampling;
    if (sample === undefined) throw new Error(`${client.name} did not start`);
    const served = (await server.countRequests()) - before;
    assertHonest(client, client.read(stdout, folder), served, load.connections);
    return sample;
  });
}

/** A client may cut the requests in flight at its end; beyond that, what it counted and what nginx counted must agree. */
function assertHonest(
  client: LoadClient,
  count: { requests: number; failures: number },
  served: number,
  connections: number,
): void {
  if (count.failures > 0)
    throw new Error(`${client.name} counted ${count.failures} failures on a healthy server`);
  if (!(Math.abs(served - count.requests) <= 2 * connections)) {
    throw new Error(`${client.name} counted ${count.requests} requests, nginx ${served}`);
  }
}

function printAndKeep(samples: Map<string, Sample[]>, options: Options): void {
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
  const command = `npm run bench -- engine --rounds ${options.rounds} --seconds ${options.seconds} --connections ${options.connections}`;
  writeSection(
    'engine',
    `## Load engine: a plain GET of 60 bytes\n\n\`${command}\`, ${describeRun()}.\nnginx on one core, the client on the other, ${options.connections} keep-alive connections; medians of ${options.rounds} alternating rounds of ${options.seconds} s. Rates are nginx's count in the middle of a run, and CPU time is what all threads of the client took meanwhile; every client's own count was held against nginx's. Where nginx's core is full, the server is the limit: then compare the CPU time per request.\n\n${table}`,
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
