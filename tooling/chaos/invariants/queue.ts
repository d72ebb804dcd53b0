/** At the quiet end: no job of the queue is owned, and none is left, as the metrics of the API tell. */
import { setTimeout as wait } from 'node:timers/promises';
import { createFindings, type Violation } from './violation.ts';

/** A job whose worker died comes back so soon at the latest. */
const LIMIT_MS = 10_000;
const LOOK_AGAIN_MS = 100;

export interface CheckedQueue {
  readonly apiUrl: string;
  /** Where no worker takes jobs, those that were added may wait. */
  readonly isServed: boolean;
}

export async function checkQueue(queue: CheckedQueue, limitMs = LIMIT_MS): Promise<Violation[]> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const leftovers = await findJobs(queue);
    if (leftovers.length === 0 || performance.now() > deadline) return toViolations(leftovers);
    await wait(LOOK_AGAIN_MS);
  }
}

async function findJobs({ apiUrl, isServed }: CheckedQueue): Promise<string[]> {
  const answer = await fetch(`${apiUrl}/metrics`);
  const metrics = await answer.text();
  const owned = readCount(metrics, 'active');
  if (owned === null) return [`The queue cannot be counted: /metrics answered ${answer.status} without it.`];
  const left = isServed ? ['waiting', 'delayed'] : [];
  return [
    ...(owned > 0 ? [`${owned} jobs of the queue are owned.`] : []),
    ...left.flatMap((state) => {
      const count = readCount(metrics, state) ?? 0;
      return count > 0 ? [`${count} jobs of the queue are ${state}.`] : [];
    }),
  ];
}

/** Null while the queue is away. */
function readCount(metrics: string, state: string): number | null {
  const found = new RegExp(`^job_queue_jobs\\{[^}]*state="${state}"[^}]*\\} (\\d+)$`, 'm').exec(metrics);
  return found === null ? null : Number(found[1]);
}

function toViolations(sentences: readonly string[]): Violation[] {
  const findings = createFindings('quiet', null);
  for (const sentence of sentences) findings.add(sentence);
  return findings.violations;
}
