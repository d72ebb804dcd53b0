// What both sides of the queue promise.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JobQueue, type JobQueueOptions, type Json, QueueError } from '../src/index.ts';

export interface QueueStore {
  createQueue(options?: Partial<JobQueueOptions>): JobQueue<Json>;
  stop(): Promise<void>;
}

let number = 0;
/** Each test has a queue of its own in the store. */
const nextName = () => `test-${process.pid}-${number++}`;

export function promiseOfJobQueue(start: () => Promise<QueueStore>): void {
  let store: QueueStore;
  let open: JobQueue<Json>[] = [];
  beforeAll(async () => {
    store = await start();
  });
  afterAll(async () => {
    await store.stop();
  });
  const createQueue = (options: Partial<JobQueueOptions> = {}) => {
    const queue = store.createQueue({ name: nextName(), ...options });
    open.push(queue);
    return queue;
  };
  const closeAll = async () => {
    await Promise.all(open.map((queue) => queue.close()));
    open = [];
  };

  describe('a job', () => {
    it('is worked off once, with what it carries', async () => {
      const queue = createQueue();
      const seen: unknown[] = [];
      queue.consume(async (job) => void seen.push(job));
      expect(await queue.add('a.1', { campaignId: 'session_1', run: 1, text: 'é😀' })).toBe('added');
      await expect.poll(() => seen).toHaveLength(1);
      expect(seen).toEqual([
        { id: 'a.1', data: { campaignId: 'session_1', run: 1, text: 'é😀' }, attempt: 1 },
      ]);
      await expect.poll(() => queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
      await closeAll();
    });

    it('that waits already is known, and is not worked off twice', async () => {
      const queue = createQueue();
      const outcomes = [];
      for (const data of [1, 2, 3]) outcomes.push(await queue.add('same', data));
      expect(outcomes).toEqual(['added', 'known', 'known']);
      const seen: unknown[] = [];
      queue.consume(async ({ data }) => void seen.push(data));
      await queue.add('last', 'last');
      await expect.poll(() => seen).toContain('last');
      expect(seen).toEqual([1, 'last']);
      await closeAll();
    });

    it('F58 can come again with the same id after it was done, or had failed for good', async () => {
      const queue = createQueue();
      const seen: unknown[] = [];
      queue.consume(async ({ data }) => {
        seen.push(data);
        if (data === 'bad') throw new Error('This job always fails.');
      });
      await queue.add('again', 'good');
      await expect.poll(() => seen).toEqual(['good']);
      await expect.poll(async () => await queue.add('again', 'bad')).toBe('added');
      await expect.poll(() => seen).toEqual(['good', 'bad', 'bad', 'bad']);
      await expect.poll(async () => await queue.add('again', 'better')).toBe('added');
      await expect.poll(() => seen.at(-1)).toBe('better');
      await closeAll();
    });

    it('that fails is tried three times, and says which time it is', async () => {
      const queue = createQueue();
      const attempts: number[] = [];
      queue.consume(async ({ attempt }) => {
        attempts.push(attempt);
        throw new Error('no');
      });
      await queue.add('fails', null);
      await expect.poll(() => attempts).toEqual([1, 2, 3]);
      await expect.poll(() => queue.counts()).toMatchObject({ waiting: 0, active: 0 });
      await closeAll();
    });

    it.each(['', 'a:b', 'a b', 'x'.repeat(201), '😀'])('cannot have the id %j', async (id) => {
      await expect(createQueue().add(id, 1)).rejects.toMatchObject({ code: 'BAD_JOB' });
      await closeAll();
    });

    it('carries a bounded amount, and waits in a bounded line', async () => {
      const queue = createQueue({ maxWaiting: 2 });
      await expect(queue.add('big', 'x'.repeat(70_000))).rejects.toMatchObject({ code: 'BAD_JOB' });
      await queue.add('1', 1);
      await queue.add('2', 2);
      await expect(queue.add('3', 3)).rejects.toMatchObject({ code: 'FULL' });
      expect(await queue.counts()).toMatchObject({ waiting: 2 });
      await closeAll();
    });
  });

  it.each([
    ['NUL', 'a\u0000b'],
    ['half a character', ['\ud83d']],
    ['half a character as a name', { '\ude00': 1 }],
  ])('does not carry %s', async (_name, data) => {
    await expect(createQueue().add('text', data)).rejects.toMatchObject({ code: 'BAD_JOB' });
    await closeAll();
  });

  it('carries any other JSON as it is', async () => {
    const queue = createQueue();
    const values: Json[] = [
      null,
      false,
      0,
      -1.5e300,
      '',
      '\\u0000 \\ud83d',
      '\u0001 "quoted" \\ \n 😀',
      [],
      {},
      [[null], { a: { b: [1, 'é'] }, constructor: 1, '': 2 }],
    ];
    const seen: unknown[] = [];
    queue.consume(async ({ data }) => void seen.push(data));
    for (const [index, value] of values.entries()) await queue.add(String(index), value);
    await expect.poll(() => seen).toHaveLength(values.length);
    expect(seen).toEqual(values);
    await closeAll();
  });

  describe('several consumers', () => {
    it('share the jobs, each job to one of them', async () => {
      const name = nextName();
      const seen: string[] = [];
      const queues = [0, 1, 2].map(() => createQueue({ name }));
      for (const queue of queues) queue.consume(async ({ id }) => void seen.push(id), { concurrency: 2 });
      const ids = Array.from({ length: 60 }, (_, index) => `job-${index}`);
      await Promise.all(ids.map((id) => queues[0]?.add(id, null)));
      await expect.poll(() => seen.length).toBeGreaterThanOrEqual(60);
      expect(seen.toSorted()).toEqual(ids.toSorted());
      await closeAll();
    });
  });

  describe('a consumer', () => {
    it('F59 begins nothing after its pause was confirmed, and goes on when it is resumed', async () => {
      const queue = createQueue();
      const seen: unknown[] = [];
      const consumer = queue.consume(async ({ data }) => void seen.push(data), { concurrency: 4 });
      await queue.add('0', 0);
      await expect.poll(() => seen).toEqual([0]);
      await consumer.pause();
      for (let index = 1; index <= 5; index++) await queue.add(String(index), index);
      const other = createQueue();
      const others: unknown[] = [];
      other.consume(async ({ data }) => void others.push(data));
      // As long as another queue needs to work something off, this one has had its chance.
      await other.add('other', 'other');
      await expect.poll(() => others).toEqual(['other']);
      expect(seen).toEqual([0]);
      consumer.resume();
      await expect.poll(() => seen.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
      await closeAll();
    });

    it('F59 leaves the job for which it waited when its pause came to another', async () => {
      const name = nextName();
      const [first, second] = [createQueue({ name }), createQueue({ name })];
      const [paused, other]: [unknown[], unknown[]] = [[], []];
      const consumer = first.consume(async (job) => void paused.push(job));
      await first.add('before', null);
      await expect.poll(() => paused).toHaveLength(1);
      await consumer.pause();
      second.consume(async (job) => void other.push(job));
      for (const id of ['1', '2', '3']) await first.add(id, null);
      await expect.poll(() => other).toHaveLength(3);
      expect(other).toEqual(expect.arrayContaining([{ id: '1', data: null, attempt: 1 }]));
      expect(paused).toHaveLength(1);
      await closeAll();
    });

    it('finishes what it began when it closes, and leaves the rest to others', async () => {
      const name = nextName();
      const [first, second] = [createQueue({ name }), createQueue({ name })];
      const gate = Promise.withResolvers<void>();
      const began: string[] = [];
      const ended: string[] = [];
      const consumer = first.consume(async ({ id }) => {
        began.push(id);
        await gate.promise;
        ended.push(id);
      });
      await first.add('held', null);
      await expect.poll(() => began).toEqual(['held']);
      await first.add('left', null);
      const closed = consumer.close();
      gate.resolve();
      await closed;
      expect(ended).toEqual(['held']);
      const seen: string[] = [];
      second.consume(async ({ id }) => void seen.push(id));
      await expect.poll(() => seen).toEqual(['left']);
      await closeAll();
    });
  });

  it('answers nothing after it was closed', async () => {
    const queue = createQueue();
    await queue.ping();
    await queue.close();
    const refused = queue.add('late', 1);
    await expect(refused).rejects.toBeInstanceOf(QueueError);
    await expect(refused).rejects.toMatchObject({ code: 'CLOSED' });
  });
}
