/** Jobs carried per second by the job queue, and by bare BullMQ with the same settings on the same store. */
import { createJobQueue, migrateJobQueue } from '@trafficflux/job-queue';
import { createPostgresBackend, withBackend } from 'bullmq';

export interface Queued {
  readonly oursPerSecond: number;
  readonly barePerSecond: number;
}

const ADDERS = 16;
const AT_ONCE = 10;
const SETTINGS = { attempts: 3, removeOnComplete: true, removeOnFail: true };
const SCHEMA = 'bullmq';
let round = 0;

/** From the first add to the last job that is done. */
export async function measureQueueing(platformUrl: string, jobs: number): Promise<Queued> {
  await migrateJobQueue({ databaseUrl: platformUrl, log: () => {} });
  round++;
  return {
    barePerSecond: await measureBare(platformUrl, jobs),
    oursPerSecond: await measureOurs(platformUrl, jobs),
  };
}

async function measureOurs(databaseUrl: string, jobs: number): Promise<number> {
  const queue = createJobQueue<number>({ name: `ours-${round}`, databaseUrl });
  const { done, count } = countTo(jobs + 1);
  queue.consume(async () => count(), { concurrency: AT_ONCE });
  await queue.add('first', 0);
  const perSecond = await carry(jobs, (job) => queue.add(`job-${job}`, job), done);
  await queue.close();
  return perSecond;
}

async function measureBare(connectionString: string, jobs: number): Promise<number> {
  const bull = withBackend(createPostgresBackend);
  const connection = { connectionString, schema: SCHEMA, max: 4 };
  const name = `bare-${round}`;
  const queue = new bull.Queue(name, { connection, defaultJobOptions: SETTINGS });
  const { done, count } = countTo(jobs + 1);
  const worker = new bull.Worker(name, async () => count(), { connection, concurrency: AT_ONCE });
  await queue.add('job', 0, { jobId: 'first' });
  const perSecond = await carry(jobs, (job) => queue.add('job', job, { jobId: `job-${job}` }), done);
  await worker.close();
  await queue.close();
  return perSecond;
}

async function carry(
  jobs: number,
  add: (job: number) => Promise<unknown>,
  done: Promise<void>,
): Promise<number> {
  const begin = performance.now();
  let next = 0;
  const addSome = async () => {
    while (next < jobs) await add(next++);
  };
  await Promise.all(Array.from({ length: ADDERS }, addSome));
  await done;
  return (jobs / (performance.now() - begin)) * 1000;
}

function countTo(target: number) {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  let counted = 0;
  const count = () => {
    counted++;
    if (counted === target) resolve();
  };
  return { done, count };
}
