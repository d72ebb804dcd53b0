/** Logins per second beside what the hash alone would allow, and what logins do to the other requests. */
import { cpus } from 'node:os';
import bcrypt from 'bcrypt';
import { median } from '../report.ts';
import type { Bench } from './servers.ts';
import { createLoginScript, runWrk } from './wrk.ts';

export interface LoginRound {
  readonly loginsPerSecond: number;
  /** max(1, cores − 1) ÷ the time of one hash. */
  readonly bound: number;
  readonly idleP99Ms: number;
  readonly busyP99Ms: number;
}

const allCores = `0-${cpus().length - 1}`;

/** GETs go one after the other on 2 connections: what is asked is how long they wait, not how many fit. */
export async function measureLogins(bench: Bench, seconds: number, folder: string): Promise<LoginRound> {
  const { username, password } = bench.credentials;
  const get = { url: `${bench.urls.ours}/books/42`, seconds, connections: 2, core: allCores };
  const login = {
    url: `${bench.urls.ours}/auth/login`,
    seconds,
    connections: 16,
    core: allCores,
    script: createLoginScript(username, password),
  };
  const hashMs = await measureHashMs(password);
  const idle = await runWrk(get, folder);
  const alone = await runWrk(login, folder);
  const [busy] = await Promise.all([runWrk(get, folder), runWrk(login, folder)]);
  return {
    loginsPerSecond: alone.requestsPerSecond,
    bound: (Math.max(1, cpus().length - 1) * 1000) / hashMs,
    idleP99Ms: idle.p99Ms,
    busyP99Ms: busy.p99Ms,
  };
}

async function measureHashMs(password: string): Promise<number> {
  const hash = await bcrypt.hash(password, 10);
  const times: number[] = [];
  for (let round = 0; round < 21; round += 1) {
    const startedAt = performance.now();
    await bcrypt.compare(password, hash);
    times.push(performance.now() - startedAt);
  }
  return median(times);
}
