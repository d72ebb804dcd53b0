// The side of the queue that adds jobs and counts them. It connects when it is first needed, and anew after a failure.
import { randomUUID } from 'node:crypto';
import type { Bull, Closable, Queue } from './bull.ts';
import { connect, disconnect } from './connection.ts';
import { type Envelope, toBullId } from './envelope.ts';
import { type AddOutcome, type JobCounts, type Json, QueueError } from './job-queue.ts';
import type { Trouble } from './trouble.ts';
import { within } from './within.ts';

/** For a connection, if need be, and all answers together. */
const ANSWER_TIMEOUT_MS = 4000;
const RECOUNT_MS = 1000;

export interface Adder {
  add(id: string, data: Json): Promise<AddOutcome>;
  counts(): Promise<JobCounts>;
  queue(): Promise<Queue>;
  close(): Promise<void>;
}

export interface AdderOptions {
  readonly name: string;
  readonly maxWaiting: number;
  readonly trouble: Trouble;
}

export function createAdder(bull: Bull, { name, maxWaiting, trouble }: AdderOptions): Adder {
  let current: { readonly closable: Closable<Queue>; readonly ready: Promise<Queue> } | undefined;
  let isClosed = false;
  let waiting = 0;
  let recountAt = 0;

  async function add(id: string, data: Json): Promise<AddOutcome> {
    const envelope: Envelope = { mark: randomUUID(), data };
    const jobId = toBullId(id);
    return await ask(async (queue) => {
      await assertRoom(queue);
      await queue.add(name, envelope, { jobId });
      waiting++;
      // BullMQ ignores a job whose id it still has, and returns as if it had taken it (F58).
      const kept = await queue.getJob(jobId);
      return kept === undefined || (kept.data as Envelope).mark === envelope.mark ? 'added' : 'known';
    });
  }

  /** Others add as well: between two counts the bound may be passed by what they add in a second. */
  async function assertRoom(queue: Queue): Promise<void> {
    if (waiting >= maxWaiting || performance.now() >= recountAt) {
      ({ waiting } = await count(queue));
      recountAt = performance.now() + RECOUNT_MS;
    }
    if (waiting >= maxWaiting) throw new QueueError('FULL', `${waiting} jobs wait in the queue ${name}.`);
  }

  async function ask<Result>(work: (queue: Queue) => Promise<Result>): Promise<Result> {
    const connection = open();
    try {
      return await within(ANSWER_TIMEOUT_MS, connection.ready.then(work));
    } catch (error) {
      if (error instanceof QueueError) throw error;
      drop(connection);
      throw trouble.toError(error);
    }
  }

  function open() {
    if (isClosed) throw new QueueError('CLOSED', `The queue ${name} is closed.`);
    if (current !== undefined) return current;
    const closable = bull.createQueue();
    current = { closable, ready: connect(closable, ANSWER_TIMEOUT_MS, trouble.report) };
    return current;
  }

  /** A connection that left a question unanswered may be dead without knowing it. */
  function drop(connection: ReturnType<typeof open>): void {
    if (connection !== current) return;
    current = undefined;
    void disconnect(connection.closable);
  }

  return {
    add,
    counts: () => ask(count),
    queue: () => ask(async (queue) => queue),
    async close() {
      isClosed = true;
      if (current !== undefined) await disconnect(current.closable);
    },
  };
}

async function count(queue: Queue): Promise<JobCounts> {
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed');
  const { waiting = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
  return { waiting: waiting + prioritized, active, delayed, failed };
}
