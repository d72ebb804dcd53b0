/**
 * Our client beside its peers on one fast server: server and client pinned to one core each, alternating rounds, medians.
 * Run it with `npm run bench -- engine [--rounds 5] [--seconds 5] [--connections 64] [--only loadspiker,wrk]`.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { endRunning, isOnPath, runPinned } from '../command.ts';
import { describeRun, median, toTable, writeSection } from '../report.ts';
import { clients, type Load, type LoadClient, withFolder } from './clients.ts';
import { type FastServer, startNginx } from './nginx.ts';

interface Sample {
  readonly requestsPerSecond: number;
  readonly cpuUsPerRequest: number;
}

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
  process.once('SIGINT', () => {
    endRunning();
    void server.stop().then(() => process.exit(130));
  });
  try {
    const samples = await runRounds(server, options);
    printAndKeep(samples, options);
  } finally {
    await server.stop();
  }
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
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    connections: Number(values.connections),
    clients: chosen.filter((client) => client.missing === null),
    write: !values['no-write'],
  };
}

type Options = ReturnType<typeof readOptions>;

/** Each round runs every client once, so that a slow spell of the machine touches all alike. */
async function runRounds(server: FastServer, options: Options): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(options.clients.map(({ name }) => [name, []]));
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const client of options.clients) {
      const sample = await measure(server, client, { ...options, url: server.url });
      samples.get(client.name)?.push(sample);
      const { requestsPerSecond, cpuUsPerRequest } = sample;
      console.log(
        `round ${round} of ${options.rounds}  ${client.name.padEnd(16)} ${Math.round(requestsPerSecond).toLocaleString('en').padStart(9)}/s ${cpuUsPerRequest.toFixed(2).padStart(7)} µs CPU`,
      );
    }
  }
  return samples;
}

async function measure(server: FastServer, client: LoadClient, load: Load): Promise<Sample> {
  return withFolder(async (folder) => {
    const before = await server.countRequests();
    const timeoutMs = load.seconds * 1000 + 30_000;
    const { stdout, cpuUs } = await runPinned(clientCore, client.command(load, folder), { timeoutMs });
    const served = (await server.countRequests()) - before;
    const count = client.read(stdout, folder);
    assertHonest(client, count, served, load.connections);
    return { requestsPerSecond: count.requests / count.seconds, cpuUsPerRequest: cpuUs / count.requests };
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
  const rates = new Map(
    [...samples].map(([name, list]) => [name, median(list.map((s) => s.requestsPerSecond))]),
  );
  const wrk = rates.get('wrk');
  const rows = [...samples].map(([name, list]) => {
    const rate = rates.get(name) ?? Number.NaN;
    // The median of the rounds' ratios, since both sides of one ratio met the same weather.
    const ratios = list.map(
      (s, round) => s.requestsPerSecond / (samples.get('wrk')?.[round]?.requestsPerSecond ?? Number.NaN),
    );
    const cpu = median(list.map((s) => s.cpuUsPerRequest));
    return [
      name,
      Math.round(rate).toLocaleString('en'),
      wrk === undefined ? '–' : `${median(ratios).toFixed(2)} ×`,
      cpu.toFixed(2),
    ];
  });
  const table = toTable(['client', 'requests/s', 'of wrk', 'CPU µs/request'], rows);
  console.log(`\n${table}`);
  if (!options.write) return;
  const command = `npm run bench -- engine --rounds ${options.rounds} --seconds ${options.seconds} --connections ${options.connections}`;
  writeSection(
    'engine',
    `## Load engine: a plain GET of 60 bytes\n\n\`${command}\`, ${describeRun()}.\nnginx on one core, the client on the other, ${options.connections} keep-alive connections; medians of ${options.rounds} alternating rounds of ${options.seconds} s. Every client's own count was held against nginx's. The CPU time includes each client's start.\n\n${table}`,
  );
}
