/** Rounds of clients on one server, and whether what they count is true. */
import { runPinned } from '../command.ts';
import { withFolder } from '../folder.ts';
import type { Load, LoadClient } from './clients.ts';
import type { FastServer } from './nginx.ts';
import { type Sample, sampleRun } from './window.ts';

export const clientCore = 1;

/** Each round runs every client once, so that a slow spell of the machine touches all alike. */
export async function runRounds(
  server: FastServer,
  clients: readonly LoadClient[],
  options: Omit<Load, 'url'> & { readonly rounds: number },
  isInterrupted: () => boolean,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(clients.map(({ name }) => [name, []]));
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const client of clients) {
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

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
