// What both sides of the queue promise when their store goes away, and when a consumer is killed.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobQueue, JobQueueOptions, Json } from '../src/index.ts';

export interface OutageStore {
  readonly options: Pick<JobQueueOptions, 'redisUrl' | 'databaseUrl'>;
  createQueue(onError: (error: Error) => void): JobQueue<Json>;
  /** The store forgets nothing that it need not. */
  stop(): Promise<void>;
  restart(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Ends all connections of clients. */
  cut(): Promise<void>;
  remove(): Promise<void>;
}

export function promiseOfOutages(start: () => Promise<OutageStore>): void {
  let store: OutageStore;
  let queue: JobQueue<Json>;
  let errors: Error[];
  beforeEach(async () => {
    store = await start();
    errors = [];
    queue = store.createQueue((error) => errors.push(error));
  });
  afterEach(async () => {
    await queue.close();
    await store.remove();
  });
  const isWorkedOff = async (seen: string[], id: string) => {
    await expect.poll(() => queue.add(id, null).catch(() => 'away')).toMatch(/added|known/);
    await expect.poll(() => seen).toContain(id);
  };

  it('says that its store is away, also at its start, and goes on by itself when it is there', async () => {
    await store.stop();
    await expect(queue.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(queue.add('early', null)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const seen: string[] = [];
    queue.consume(async ({ id }) => void seen.push(id));
    await expect.poll(() => errors.length).toBeGreaterThan(0);
    await store.restart();
    await isWorkedOff(seen, 'first');
    await store.stop();
    await expect(queue.add('away', null)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await store.restart();
    await isWorkedOff(seen, 'second');
  });

  it('F62 goes on when its connections were ended', async () => {
    const seen: string[] = [];
    queue.consume(async ({ id }) => void seen.push(id));
    await isWorkedOff(seen, 'before');
    for (const id of ['after-1', 'after-2', 'after-3']) {
      await store.cut();
      await isWorkedOff(seen, id);
    }
  });

  it('says within seconds that a store does not answer, and goes on when it does', async () => {
    const seen: string[] = [];
    queue.consume(async ({ id }) => void seen.push(id));
    await isWorkedOff(seen, 'before');
    store.freeze();
    await expect(queue.add('frozen', null)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    store.thaw();
    await isWorkedOff(seen, 'after');
  });

  describe('a consumer that was killed', () => {
    let child: ChildProcess;
    afterEach(() => {
      child.kill('SIGKILL');
    });

    it('leaves its job to another, which hears that it is not the first', async () => {
      await queue.add('orphan', 'data');
      const program = new URL('./consumer-process.ts', import.meta.url);
      child = fork(program, [JSON.stringify(store.options)], { stdio: 'inherit' });
      const [said] = await once(child, 'message');
      expect(said).toBe('orphan');
      const seen: unknown[] = [];
      queue.consume(async (job) => void seen.push(job));
      child.kill('SIGKILL');
      await expect.poll(() => seen).toEqual([{ id: 'orphan', data: 'data', attempt: 2 }]);
    });
  });
}
