/** What many users cost, and what a long run does. */
import { fileURLToPath } from 'node:url';
import { startServer } from '../accuracy/server-process.ts';
import { runPinned } from '../command.ts';
import { median, toTable } from '../report.ts';

const USERS = 10_000;
const [AIM_MB, SAMPLES_PER_SECOND] = [150, 20_000];
/** So slow that every user has a request open at the same time, and that the server can follow. */
const BEHAVIOUR = { latency: { kind: 'constant', ms: 4000 }, stall: null } as const;
const DURATION_MS = 10_000;
const scenario = fileURLToPath(new URL('post-scenario.ts', import.meta.url));
const usersDriver = fileURLToPath(new URL('users-driver.ts', import.meta.url));
const samplesDriver = fileURLToPath(new URL('samples-driver.ts', import.meta.url));

/** Both as Markdown. */
export async function measureMemory(
  { server, client }: { server: number; client: number },
  rounds: number,
): Promise<string> {
  return `${await measureUsers(server, client, rounds)}\n\n${await measureSamples(client)}`;
}

async function measureUsers(serverCore: number, core: number, rounds: number): Promise<string> {
  const server = await startServer(serverCore);
  try {
    const rows: string[][] = [];
    for (const [name, load] of [
      ['one request in loops', { url: server.url }],
      ['a scenario', { scenario, host: server.url }],
    ] as const) {
      const peaks: { empty: number; full: number }[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        const peakOf = async (users: number) => {
          await server.reset(BEHAVIOUR);
          return measurePeak(core, { ...load, users });
        };
        peaks.push({ empty: await peakOf(1), full: await peakOf(USERS) });
      }
      const above = median(peaks.map(({ empty, full }) => full - empty));
      rows.push([
        name,
        toMb(median(peaks.map(({ empty }) => empty))),
        toMb(median(peaks.map(({ full }) => full))),
        toMb(above),
        (above / USERS / 1024).toFixed(1),
        above / 2 ** 20 < AIM_MB ? 'met' : 'missed',
      ]);
      console.log(`memory  ${rows.at(-1)?.join('  ')}`);
    }
    const count = USERS.toLocaleString('en');
    const head = [
      'users',
      '1 user, MiB',
      `${count} users, MiB`,
      'above, MiB',
      'KiB each',
      `below ${AIM_MB} MiB`,
    ];
    return `The most memory of a process with one thread, of one open user and of ${count}, each with a connection and a request that waits:\n\n${toTable(head, rows)}`;
  } finally {
    await server.stop();
  }
}

async function measurePeak(
  core: number,
  load: { readonly users: number; readonly [option: string]: string | number },
): Promise<number> {
  const options = JSON.stringify({ ...load, durationMs: DURATION_MS, graceMs: 20_000, workerThreads: 1 });
  const { stdout } = await runPinned(core, [process.execPath, usersDriver, options], { timeoutMs: 90_000 });
  const { requests, failures, peakBytes } = JSON.parse(stdout);
  if (requests < load.users || failures > 0)
    throw new Error(`${load.users} users made ${requests} requests, ${failures} of them failed`);
  return peakBytes;
}

async function measureSamples(core: number): Promise<string> {
  const command = [process.execPath, '--expose-gc', samplesDriver, `${SAMPLES_PER_SECOND}`];
  const { stdout } = await runPinned(core, command, { timeoutMs: 120_000 });
  const { samples, seconds, grownBytes } = JSON.parse(stdout);
  const rate = SAMPLES_PER_SECOND.toLocaleString('en');
  return `An hour's worth of ${rate} samples a second (${samples.toLocaleString('en')} replayed in ${seconds.toFixed(1)} s, handed over twice a second and merged): ${(grownBytes / 1024).toFixed(0)} KiB more at its end than after its first minute.`;
}

function toMb(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
