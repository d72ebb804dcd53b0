/** Tells the others that this worker lives. */
import { hostname } from 'node:os';
import type { Ownership } from '@trafficflux/campaigns';
import type { WorkerConfig } from '../config.ts';
import { type Repeated, repeat } from '../repeat.ts';
import type { Runs } from '../runs/runs.ts';
import type { Trouble } from '../trouble.ts';

const BEAT_MS = 1000;

export function startPresence(
  ownership: Pick<Ownership, 'beat'>,
  { name, capacity }: WorkerConfig,
  runs: Runs,
  trouble: Trouble,
): Repeated {
  const host = hostname();
  return repeat(
    async () => {
      await ownership.beat({ name, host, processId: process.pid, capacity, campaigns: runs.size });
      trouble.passed();
    },
    () => BEAT_MS,
    (error) => trouble.happened(error),
  );
}
