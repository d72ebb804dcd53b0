// What BullMQ carries of a job.
import type { BullJob } from './bull.ts';
import { type Job, type Json, QueueError } from './job-queue.ts';

export interface Envelope {
  /** By which who added the job knows it again. */
  readonly mark: string;
  readonly data: Json;
}

const JOB_ID = /^[A-Za-z0-9_.-]{1,200}$/;
const MAX_DATA_BYTES = 64 * 1024;
/** As JSON writes them: NUL, and halves of characters. PostgreSQL takes neither. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;
/** BullMQ takes no number as an id, and ours may look like one. */
const PREFIX = 'job-';

/** @throws {QueueError} `BAD_JOB` */
export function assertJob(id: string, data: Json): void {
  if (!JOB_ID.test(id)) throw new QueueError('BAD_JOB', `A job cannot have the id ${JSON.stringify(id)}.`);
  const text = JSON.stringify(data);
  if (Buffer.byteLength(text) > MAX_DATA_BYTES)
    throw new QueueError('BAD_JOB', `A job carries at most ${MAX_DATA_BYTES} bytes.`);
  if (UNSTORABLE.test(text))
    throw new QueueError('BAD_JOB', 'The text of a job holds neither NUL nor half a character.');
}

export function toBullId(id: string): string {
  return PREFIX + id;
}

export function toJob({ id = '', data, attemptsMade, stalledCounter }: BullJob): Job<Json> {
  return {
    id: id.startsWith(PREFIX) ? id.slice(PREFIX.length) : id,
    data: (data as Envelope).data,
    attempt: 1 + attemptsMade + stalledCounter,
  };
}
