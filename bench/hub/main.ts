/**
 * The real-time hub beside a plain `ws` server that does `send` for each client, Socket.IO and, where it is on PATH,
 * Centrifugo: what one core of each delivers, how soon, and what a connection costs. The server on one core; clients,
 * raw sockets that count frames, and PostgreSQL on the others. Run it with `npm run bench -- hub [--rounds 3]
 * [--seconds 3] [--only hub,ws] [--subscribers 1000,5000,10000] [--no-topics] [--in-flight 200000] [--profile FOLDER]
 * [--no-write]`. With --profile the servers on Node write what takes their time to the folder.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isOnPath } from '../command.ts';
import { describeRun, writeSection } from '../report.ts';
import { SERVERS, type ServerName } from './clients/dialects.ts';
import { measureServer, type Plan, type ServerResult } from './measure.ts';
import { render } from './render.ts';
import type { Place } from './servers/servers.ts';
import { startStores } from './servers/stores.ts';

const SERVER_CORE = '0';
const CLIENT_CORES = cpus().length > 2 ? `1-${cpus().length - 1}` : '1';
/** Files that a process needs beside its connections. */
const OTHER_FILES = 200;

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      only: { type: 'string', default: SERVERS.join(',') },
      subscribers: { type: 'string', default: '1000,5000,10000' },
      'no-topics': { type: 'boolean', default: false },
      'in-flight': { type: 'string', default: '200000' },
      profile: { type: 'string' },
      'no-write': { type: 'boolean', default: false },
    },
  });
  const plan: Plan = {
    // An empty list leaves these cases out.
    audiences: values.subscribers.split(',').filter(Boolean).map(Number),
    smallAudience: values['no-topics'] ? null : 10,
    inFlight: Number(values['in-flight']),
    seconds: Number(values.seconds),
    clientThreads: cpus().length > 4 ? 4 : cpus().length > 2 ? 2 : 1,
  };
  const problem = findProblem(plan);
  if (problem !== null) {
    console.error(problem);
    process.exit(2);
  }
  const rounds = Number(values.rounds);
  const servers = chooseServers(values.only);
  const results = await runRounds(servers, rounds, plan, toNodeOptions(values.profile));
  const text = render(results, servers);
  console.log(`\n${text}`);
  if (!values['no-write']) keep(text, rounds, plan);
}

function findProblem({ audiences, smallAudience }: Plan): string | null {
  if (!isOnPath('taskset') || cpus().length < 2)
    return 'This benchmark needs two cores, and taskset on PATH.';
  const needed = Math.max(0, ...audiences, 1000 * (smallAudience ?? 0)) + OTHER_FILES;
  const files = Number(spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).stdout);
  if (files < needed)
    return `This benchmark needs ${needed} open files in one process, but here only ${files} may be: raise the limit ("ulimit -n ${needed}"), or choose fewer --subscribers and --no-topics.`;
  return null;
}

function chooseServers(only: string): ServerName[] {
  const names = only.split(',');
  const chosen = SERVERS.filter((name) => names.includes(name));
  if (!chosen.includes('centrifugo') || isOnPath('centrifugo')) return chosen;
  console.log('Centrifugo is not on PATH, and is left out.');
  return chosen.filter((name) => name !== 'centrifugo');
}

function toNodeOptions(profile: string | undefined): string[] {
  return profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`];
}

/** Round by round, so that what disturbs one server disturbs the others too. */
async function runRounds(
  servers: readonly ServerName[],
  rounds: number,
  plan: Plan,
  nodeOptions: readonly string[],
): Promise<Map<ServerName, ServerResult[]>> {
  // What this process starts inherits it, but for the servers.
  spawnSync('taskset', ['-a', '-c', '-p', CLIENT_CORES, String(process.pid)]);
  const folder = mkdtempSync(join(tmpdir(), 'bench-hub-'));
  // Servers and clients end with us, and PostgreSQL has its guardian.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      console.error(`\nEnded by ${signal}.`);
      process.exit(130);
    });
  const results = new Map<ServerName, ServerResult[]>(servers.map((name) => [name, []]));
  const stores = await startStores(folder);
  const place: Place = { cores: SERVER_CORE, folder, nodeOptions, stores };
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const name of servers) {
        const tell = (text: string) =>
          console.log(`round ${round} of ${rounds}  ${name.padEnd(10)}  ${text}`);
        results.get(name)?.push(await measureServer(name, plan, place, tell));
      }
    }
    return results;
  } finally {
    await stores.stop();
  }
}

function keep(text: string, rounds: number, { seconds, inFlight }: Plan): void {
  const command = `npm run bench -- hub --rounds ${rounds} --seconds ${seconds}`;
  const setting = `One server at a time on one core, clients and PostgreSQL on the others; medians of ${rounds} alternating rounds of ${seconds} s. Sinks are raw sockets that count frames; every message of some 100 bytes was held to reach every subscriber once. Under load ${inFlight.toLocaleString('en')} deliveries are on their way at any time, and all limits are off; the times are of a load by the clock at half of the rate that was reached, from the planned time of sending. CPU time is that of the server with its threads, and its core what it had of it under load; PostgreSQL, which only the hub asks whether the publisher may still publish, is not in it.`;
  writeSection(
    'hub',
    `## Real-time hub beside other servers\n\n\`${command}\`, ${describeRun()}.\n${setting}\n\n${text}`,
  );
}
