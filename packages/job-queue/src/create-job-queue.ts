/** The queue as its users see it, on whichever store they named. */
import { createAdder } from './adder.ts';
import type { Bull } from './bull.ts';
import { openPostgresBull } from './bull-postgres.ts';
import { openRedisBull } from './bull-redis.ts';
import { createConsumer } from './consumer.ts';
import { assertJob } from './envelope.ts';
import { type JobConsumer, type JobQueue, type JobQueueOptions, type Json, QueueError } from './job-queue.ts';
import { createTrouble } from './trouble.ts';

const MAX_WAITING = 100_000;

/**
 * Opens a queue on Redis if `redisUrl` is set, else on PostgreSQL, whose database needs `migrateJobQueue`. It connects
 * when it is first used, by itself again and again, whether or not the store is there yet.
 *
 * Throws a `TypeError` where a URL cannot be read, or none is given.
 */
export function createJobQueue<Data extends Json>(options: JobQueueOptions): JobQueue<Data> {
  const { name, maxWaiting = MAX_WAITING } = options;
  const bull = openBull(options);
  const trouble = createTrouble({ name, title: bull.title }, options.onError);
  const adder = createAdder(bull, { name, maxWaiting, trouble });
  const consumers = new Set<JobConsumer>();
  let isClosed = false;

  return {
    async add(id, data) {
      assertJob(id, data);
      return await adder.add(id, data);
    },
    consume(handler, { concurrency = 1 } = {}) {
      if (isClosed) throw new QueueError('CLOSED', `The queue ${name} is closed.`);
      const consumer = createConsumer(bull, async (job) => handler({ ...job, data: job.data as Data }), {
        concurrency,
        trouble,
      });
      consumers.add(consumer);
      return consumer;
    },
    counts: () => adder.counts(),
    ping: async () => void (await adder.counts()),
    bull: () => adder.queue(),
    async close() {
      isClosed = true;
      await Promise.all([...consumers].map((consumer) => consumer.close()));
      await adder.close();
    },
  };
}

function openBull({ name, redisUrl, databaseUrl }: JobQueueOptions): Bull {
  if (redisUrl) return openRedisBull(name, redisUrl);
  if (databaseUrl) return openPostgresBull(name, databaseUrl);
  throw new TypeError('The job queue needs the URL of a Redis or of a PostgreSQL database.');
}
