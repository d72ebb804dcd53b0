// What both sides of the queue promise when their store goes away, and when a consumer is killed or frozen.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { whileAway, whileStalled } from '@trafficflux/tooling/test-stores';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createJobQueue, type JobQueue, type JobQueueOptions, type Json } from '../src/index.ts';

export interface OutageStore {
  readonly options: Pick<JobQueueOptions, 'redisUrl' | 'databaseUrl'>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Ends all connections of clients. */
  cut(): Promise<void>;
  countConnections(): Promise<number>;
  remove(): Promise<void>;
}

const UNAVAILABLE = { name: 'QueueError', code: 'UNAVAILABLE' };

export function promiseOfOutages(start: () => Promise<OutageStore>): void {
  let store: OutageStore;
  let queue: JobQueue<Json>;
  let errors: Error[];
  let number = 0;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    store = await start();
  });
  beforeEach(() => {
    errors = [];
    number++;
    queue = open();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await queue.close();
  });
  afterAll(() => store?.remove());

  function open(): JobQueue<Json> {
    return createJobQueue({ ...optionsOfTest(), onError: (error) => errors.push(error) });
  }

  /** Each test has a queue of its own in the store. */
  function optionsOfTest() {
    return { ...store.options, name: `outage-${number}` };
  }

  function consume(): string[] {
    const seen: string[] = [];
    queue.consume(async ({ id }) => void seen.push(id));
    return seen;
  }

  async function isWorkedOff(seen: string[], id: string): Promise<void> {
    await expect.poll(() => queue.add(id, null).catch(() => 'away')).toMatch(/added|known/);
    await expect.poll(() => seen).toContain(id);
  }

  /** A process that has taken this job. */
  async function startConsumer(id: string): Promise<ChildProcess> {
    const program = new URL('./consumer-process.ts', import.meta.url);
    const child = fork(program, [JSON.stringify(optionsOfTest())], { stdio: 'inherit' });
    children.push(child);
    expect((await once(child, 'message'))[0]).toBe(id);
    return child;
  }

  it('says that its store is away, also at its start, and goes on by itself when it is there', async () => {
    let seen: string[] = [];
    await whileAway(store, async () => {
      await expect(queue.ping()).rejects.toMatchObject(UNAVAILABLE);
      await expect(queue.add('early', null)).rejects.toMatchObject(UNAVAILABLE);
      seen = consume();
      await expect.poll(() => errors.length).toBeGreaterThan(0);
      expect(errors[0]).toMatchObject(UNAVAILABLE);
      expect(errors[0]?.message).toMatch(
        /^The queue outage-\d+ has trouble with (Redis|PostgreSQL): .*ECONNREFUSED/,
      );
    });
    await isWorkedOff(seen, 'first');
    await whileAway(store, () => expect(queue.add('away', null)).rejects.toMatchObject(UNAVAILABLE));
    await isWorkedOff(seen, 'second');
  });

  it('F62 goes on when its connections were ended', async () => {
    const seen = consume();
    await isWorkedOff(seen, 'before');
    for (const id of ['after-1', 'after-2', 'after-3']) {
      await store.cut();
      await isWorkedOff(seen, id);
    }
  });

  it('says within seconds that a store does not answer, and goes on when it does', async () => {
    const seen = consume();
    await isWorkedOff(seen, 'before');
    await whileStalled(store, async () => {
      const attempts = [queue.add('frozen', null), queue.counts()];
      await Promise.all(attempts.map((attempt) => expect(attempt).rejects.toMatchObject(UNAVAILABLE)));
    });
    await isWorkedOff(seen, 'after');
  });

  it('ends while its store is away, and leaves no connection behind', async () => {
    await isWorkedOff(consume(), 'before');
    await whileAway(store, () => queue.close());
    await expect.poll(() => store.countConnections()).toBe(0);
  });

  it('ends while its store does not answer, and leaves no connection behind', async () => {
    await isWorkedOff(consume(), 'before');
    await whileStalled(store, () => queue.close());
    await expect.poll(() => store.countConnections()).toBe(0);
  });

  it('leaves no connection behind', async () => {
    await isWorkedOff(consume(), 'job');
    expect(await store.countConnections()).toBeGreaterThan(0);
    await queue.close();
    await expect.poll(() => store.countConnections()).toBe(0);
  });

  it('gives the job of a killed consumer to another, which hears that it is not the first', async () => {
    await queue.add('orphan', 'data');
    const child = await startConsumer('orphan');
    const seen: unknown[] = [];
    queue.consume(async (job) => void seen.push(job));
    child.kill('SIGKILL');
    await expect.poll(() => seen).toEqual([{ id: 'orphan', data: 'data', attempt: 2 }]);
    // It is done a moment after its work returned; until then its id is taken.
    await expect.poll(() => queue.counts()).toMatchObject({ active: 0 });
    expect(await queue.add('orphan', 'more')).toBe('added');
  });

  it('gives the job of a frozen consumer to another, and takes no harm from the end that comes late', async () => {
    await queue.add('left', null);
    const child = await startConsumer('left');
    child.kill('SIGSTOP');
    const attempts: number[] = [];
    queue.consume(async ({ attempt }) => void attempts.push(attempt));
    await expect.poll(() => attempts).toEqual([2]);
    const finished = once(child, 'message');
    child.kill('SIGCONT');
    child.send('finish');
    expect((await finished)[0]).toBe('finished');
    await expect.poll(() => queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 });
    expect(attempts).toEqual([2]);
  });
}
