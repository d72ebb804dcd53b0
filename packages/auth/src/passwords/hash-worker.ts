/** One hash thread: it takes a job, computes, answers, and waits for the next. */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import bcrypt from 'bcrypt';

export type HashJob =
  | { readonly type: 'hash'; readonly password: string; readonly cost: number }
  | { readonly type: 'compare'; readonly password: string; readonly hash: string };

export type HashResult =
  | { readonly ok: true; readonly value: string | boolean }
  | { readonly ok: false; readonly message: string };

/** How far a hash stands back for other requests: on a full core it still gets about a quarter of the time. */
const NICENESS = 5;

yieldToRequests();
parentPort?.on('message', (job: HashJob) => {
  parentPort?.postMessage(compute(job));
});

/** On Linux a thread has a priority of its own; elsewhere the call would slow the whole process. */
function yieldToRequests(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(NICENESS);
  } catch {
    // A sandbox may forbid it: then hashes run like everything else.
  }
}

function compute(job: HashJob): HashResult {
  try {
    // The blocking calls: there is nothing else on this thread to block.
    if (job.type === 'compare') return { ok: true, value: bcrypt.compareSync(job.password, job.hash) };
    return { ok: true, value: bcrypt.hashSync(job.password, bcrypt.genSaltSync(job.cost, 'b')) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
