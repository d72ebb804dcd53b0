// The side of the queue that adds jobs and counts them. It opens when it is first needed, and anew after it failed to.
import { randomUUID } from 'node:crypto';
import type { Bull, Queue } from './bull.ts';
import { type AddOutcome, type JobCounts, type Json, QueueError } from './job-queue.ts';
import { within } from './within.ts';

const ANSWER_TIMEOUT_MS = 4000;

/** What BullMQ carries: the job's data, and a mark by which the adder knows its own job again. */
export interface Envelope {
  readonly mark: string;
  readonly data: Json;
}

/** BullMQ takes no number as an id, and ours may look like one. */
const PREFIX = 'job-';

export function toId({ id = '' }: { id?: string | undefined }): string {
  return id.slice(PREFIX.length);
}

export interface Adder {
  add(id: string, data: Json): Promise<AddOutcome>;
  counts(): Promise<JobCounts>;
  queue(): Promise<Queue>;
  close(): Promise<void>;
}

export function createAdder(
  bull: Bull,
  { name, maxWaiting, onError }: { name: string; maxWaiting: number; onError: (error: Error) => void },
): Adder {
  let opening: Promise<Queue> | undefined;
  let isClosed = false;

  const open = async () => {
    const queue = bull.createQueue();
    queue.on('error', onError);
    try {
      await within(ANSWER_TIMEOUT_MS, queue.waitUntilReady());
      return queue;
    } catch (error) {
      // BullMQ remembers that it could not connect, and would say so for ever.
      queue.close().catch(() => {});
      throw error;
    }
  };
  const ready = () => {
    if (isClosed) throw new QueueError('CLOSED', `The queue ${name} is closed.`);
    const current = opening ?? open();
    opening = current;
    current.catch(() => {
      if (opening === current) opening = undefined;
    });
    return current;
  };
  const ask = async <Result>(work: (queue: Queue) => Promise<Result>): Promise<Result> => {
    try {
      const queue = await ready();
      return await within(ANSWER_TIMEOUT_MS, work(queue));
    } catch (error) {
      if (error instanceof QueueError) throw error;
      throw new QueueError('UNAVAILABLE', `The queue ${name} is not available.`, error);
    }
  };
  const counts = () =>
    ask(async (queue): Promise<JobCounts> => {
      const {
        waiting = 0,
        prioritized = 0,
        active = 0,
        delayed = 0,
        failed = 0,
      } = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed');
      return { waiting: waiting + prioritized, active, delayed, failed };
    });
  return {
    counts,
    queue: ready,
    async add(id, data) {
      const { waiting } = await counts();
      if (waiting >= maxWaiting) throw new QueueError('FULL', `${waiting} jobs wait in the queue ${name}.`);
      const envelope: Envelope = { mark: randomUUID(), data };
      return await ask(async (queue) => {
        const jobId = `${PREFIX}${id}`;
        await queue.add(name, envelope, { jobId });
        // BullMQ ignores a job whose id it still keeps, and returns as if it had taken it.
        const kept = await queue.getJob(jobId);
        return kept === undefined || (kept.data as Envelope).mark === envelope.mark ? 'added' : 'known';
      });
    },
    async close() {
      isClosed = true;
      const queue = await opening?.catch(() => undefined);
      if (queue !== undefined) await within(ANSWER_TIMEOUT_MS, queue.close()).catch(() => {});
    },
  };
}
