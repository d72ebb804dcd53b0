/** Looks at a client in the middle of its run, so that neither its start nor its end blurs what a request costs. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastServer } from './nginx.ts';

export interface Sample {
  readonly requestsPerSecond: number;
  readonly cpuUsPerRequest: number;
  /** Shares of one core, from 0 to 1. */
  readonly clientLoad: number;
  readonly serverLoad: number;
}

/** Compilers need their time: what a client does in its first second says little about the rest of a run. */
const WARM_UP_MS = 1000;
const END_MS = 300;
/** The unit of the CPU times in /proc, the same on every Linux: 100 a second. */
const TICK_US = 10_000;

/** Watches the process group `client` for a run of so many seconds that starts now. */
export async function sampleRun(server: FastServer, client: number, seconds: number): Promise<Sample> {
  await waitForLoad(server, seconds);
  await sleep(WARM_UP_MS);
  const start = await look(server, client);
  await sleep(seconds * 1000 - WARM_UP_MS - END_MS);
  const end = await look(server, client);
  const requests = end.requests - start.requests;
  const us = (end.at - start.at) * 1000;
  return {
    requestsPerSecond: (requests / us) * 1e6,
    cpuUsPerRequest: (end.clientUs - start.clientUs) / requests,
    clientLoad: (end.clientUs - start.clientUs) / us,
    serverLoad: (end.serverUs - start.serverUs) / us,
  };
}

async function waitForLoad(server: FastServer, seconds: number): Promise<void> {
  const before = await server.countRequests();
  const deadline = performance.now() + seconds * 1000;
  while ((await server.countRequests()) - before < 100) {
    if (performance.now() > deadline) throw new Error('the client sent nothing');
    await sleep(20);
  }
}

async function look(server: FastServer, client: number) {
  const requests = await server.countRequests();
  return { at: performance.now(), requests, clientUs: readCpuUs(client), serverUs: readCpuUs(server.group) };
}

/** User and system time of all processes of a group that run now, all their threads included. */
function readCpuUs(group: number): number {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    // The name of a program may hold blanks and brackets: the fields begin behind its last bracket.
    const fields = readStat(pid).split(') ').at(-1)?.split(' ') ?? [];
    if (Number(fields[2]) === group) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * TICK_US;
}

function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
