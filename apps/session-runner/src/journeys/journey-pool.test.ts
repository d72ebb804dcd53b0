import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { createConfig } from '../../test/journeys/journey-config.ts';
import { createTestPool, startJourney, type TestPool } from '../../test/journeys/pool.ts';
import type { JourneyPoolOptions } from './journey-pool.ts';

let pool: TestPool | undefined;

afterEach(async () => {
  await pool?.close();
  pool = undefined;
});

function open(options: Partial<JourneyPoolOptions> = {}): TestPool {
  pool = createTestPool(options);
  return pool;
}

/** A thread takes its time to start on a busy machine. */
const SOON = { timeout: 20_000 };
const STOPPED = { status: 'stopped' };
const COMPLETED = { status: 'completed' };

describe('a journey', () => {
  it('is told of in order: its start, its steps, its end', async () => {
    const journey = startJourney(open(), 'tell 1000 steps');
    expect(await journey.ended).toEqual(COMPLETED);
    const steps = Array.from({ length: 1_000 }, (_, index) => `step ${index + 1}`);
    expect(journey.told).toEqual(['started', ...steps, 'completed']);
  });

  it('is told of while it is played', async () => {
    const journey = startJourney(open(), 'block');
    await expect.poll(() => journey.told, SOON).toEqual(['started', 'step 1']);
    journey.stop();
    expect(await journey.ended).toEqual(STOPPED);
  });

  it('ends as its thread says, also when it was being stopped', async () => {
    const { counts } = open();
    expect(counts).toEqual({ threads: 2, running: 0, waiting: 0 });
    expect(await startJourney(pool!, 'fail').ended).toEqual({ status: 'failed', reason: 'As it was told.' });
    const finishing = startJourney(pool!, 'finish when stopped');
    await expect.poll(() => finishing.told, SOON).toEqual(['started']);
    finishing.stop();
    expect(await finishing.ended).toEqual(COMPLETED);
  });

  it('may be stopped twice, and after its end', async () => {
    const journey = startJourney(open(), 'wait for stop');
    journey.stop();
    journey.stop();
    expect(await journey.ended).toEqual(STOPPED);
    journey.stop();
    expect(pool?.counts.running).toBe(0);
  });

  it('goes on when its listener throws, which is logged', async () => {
    const journey = startJourney(open(), 'tell 1000 steps', {}, () => {
      throw new Error('the listener broke');
    });
    expect(await journey.ended).toEqual(COMPLETED);
    expect(journey.steps).toHaveLength(1_000);
    expect(pool?.logged.map(({ err }) => String(err))).toEqual(['Error: the listener broke']);
  });
});

describe('the line', () => {
  it('lets no more run than there are threads, and counts both', async () => {
    open({ threads: 2 });
    const journeys = Array.from({ length: 5 }, () => startJourney(pool!, 'wait for stop'));
    expect(pool!.counts).toEqual({ threads: 2, running: 0, waiting: 5 });
    await expect.poll(() => pool!.counts, SOON).toEqual({ threads: 2, running: 2, waiting: 3 });
    expect(journeys.map(({ told }) => told.length)).toEqual([1, 1, 0, 0, 0]);
    journeys[0]?.stop();
    await journeys[0]?.ended;
    await expect.poll(() => pool!.counts, SOON).toEqual({ threads: 2, running: 2, waiting: 2 });
    for (const journey of journeys) journey.stop();
    await Promise.all(journeys.map(({ ended }) => ended));
    expect(pool!.counts).toEqual({ threads: 2, running: 0, waiting: 0 });
    expect(pool!.workers).toHaveLength(2);
  });

  it('lets people take turns, each in the order of arrival', async () => {
    open({ threads: 1 });
    const started: string[] = [];
    const journeys = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((name) =>
      startJourney(pool!, 'finish', { userId: name[0] ?? '' }, () => started.push(name)),
    );
    await Promise.all(journeys.map(({ ended }) => ended));
    expect(started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('S40: is bounded: who would make it too long is refused, until a place is free', async () => {
    open({ threads: 1, lineLength: 2 });
    const journeys = Array.from({ length: 3 }, () => startJourney(pool!, 'wait for stop'));
    const refused = expect.objectContaining({ kind: 'rate-limited', retryAfterSeconds: 5 });
    expect(() => startJourney(pool!, 'finish')).toThrow(refused);
    journeys[2]?.stop();
    const next = startJourney(pool!, 'finish');
    expect(() => startJourney(pool!, 'finish')).toThrow(refused);
    for (const journey of journeys) journey.stop();
    expect(await next.ended).toEqual(COMPLETED);
  });

  it('F77: goes on after the next in the line and then the running one were stopped', async () => {
    open({ threads: 1 });
    const [first, second, third] = ['wait for stop', 'wait for stop', 'finish'].map((script) =>
      startJourney(pool!, script),
    );
    second?.stop();
    first?.stop();
    expect(await first?.ended).toEqual(STOPPED);
    expect(await second?.ended).toEqual(STOPPED);
    expect(second?.told).toEqual(['stopped']);
    expect(await third?.ended).toEqual(COMPLETED);
    expect(pool!.counts).toEqual({ threads: 1, running: 0, waiting: 0 });
  });

  it('holds 10,000 at less than 10 KB each, and lets all of them leave at once', async () => {
    open({ threads: 1, lineLength: 10_000 });
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const running = startJourney(pool!, 'wait for stop');
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const waiting = Array.from({ length: 10_000 }, (_, index) =>
      startJourney(pool!, 'finish', { userId: `user_${index % 50}` }),
    );
    collectGarbage();
    const bytesEach = (process.memoryUsage().heapUsed - before) / waiting.length;
    expect(bytesEach).toBeLessThan(10_000);

    for (const journey of waiting) journey.stop();
    expect(pool!.counts.waiting + pool!.counts.running).toBe(1);
    const ends = await Promise.all(waiting.map(({ ended }) => ended));
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['stopped']));
    running.stop();
    expect(await running.ended).toEqual(STOPPED);
  });
});

describe('a thread that is only starting', () => {
  it('holds up nobody who stops, and plays for the next one', async () => {
    open({ threads: 1 });
    const hasty = startJourney(pool!, 'wait for stop');
    const next = startJourney(pool!, 'finish');
    hasty.stop();
    expect(await hasty.ended).toEqual(STOPPED);
    // The next one waits for that very thread.
    expect(pool!.counts).toEqual({ threads: 1, running: 0, waiting: 1 });
    expect(await next.ended).toEqual(COMPLETED);
    expect(hasty.told).toEqual(['stopped']);
  });
});

describe('a thread that will not end', () => {
  it('is ended when its journey is stopped; the others and the size of the pool stay', async () => {
    open({ threads: 2 });
    const other = startJourney(pool!, 'wait for stop');
    await expect.poll(() => other.told, SOON).toEqual(['started']);
    const blocked = startJourney(pool!, 'block');
    await expect.poll(() => blocked.told, SOON).toContain('step 1');
    blocked.stop();
    expect(await blocked.ended).toEqual(STOPPED);
    expect(other.told).toEqual(['started']);
    expect(pool!.counts).toEqual({ threads: 2, running: 1, waiting: 0 });
    await expect.poll(() => pool!.livingWorkers, SOON).toHaveLength(1);

    const more = [startJourney(pool!, 'wait for stop'), startJourney(pool!, 'wait for stop')];
    await expect.poll(() => pool!.counts, SOON).toEqual({ threads: 2, running: 2, waiting: 1 });
    expect(pool!.livingWorkers).toHaveLength(2);
    for (const journey of [other, ...more]) journey.stop();
    expect(await other.ended).toEqual(STOPPED);
  });

  it('is ended some time after the time limit, and its journey has failed', async () => {
    open({ config: createConfig({ timeLimitMs: 100 }) });
    expect(await startJourney(pool!, 'block').ended).toEqual({
      status: 'failed',
      reason: 'It did not end within its time limit of 100 ms, so its thread was ended.',
    });
  });
});

describe('a thread that breaks', () => {
  it.each([
    ['exit', 'Its thread ended before it did.'],
    ['throw later', 'Its thread failed.'],
    ['reject', 'Its thread failed.'],
    ['use up its memory', 'Its thread ran out of memory.'],
  ])('by "%s" fails its journey alone, with a reason', async (script, reason) => {
    open({ threads: 2 });
    const other = startJourney(pool!, 'wait for stop');
    await expect.poll(() => other.told, SOON).toEqual(['started']);
    const broken = startJourney(pool!, script);
    const next = startJourney(pool!, 'tell 1000 steps');
    expect(await broken.ended).toEqual({ status: 'failed', reason });
    expect(broken.told[0]).toBe('started');
    expect(await next.ended).toEqual(COMPLETED);
    expect(other.told).toEqual(['started']);
    expect(pool!.counts).toEqual({ threads: 2, running: 1, waiting: 0 });
    expect(pool!.logged).toHaveLength(1);
    other.stop();
    expect(await other.ended).toEqual(STOPPED);
  });

  it('keeps the steps that it told before', async () => {
    const broken = startJourney(open(), 'exit');
    await broken.ended;
    expect(broken.told).toEqual(['started', 'step 1', 'failed']);
  });

  it.each([
    ['cannot be loaded', new URL('../../test/journeys/broken-thread.ts', import.meta.url)],
    ['leaves at once', new URL('../../test/journeys/leaving-thread.ts', import.meta.url)],
  ])(
    'before its first journey (it %s) fails that one, and the next one tries anew',
    async (_how, threadFile) => {
      open({ threads: 2, threadFile });
      const journeys = Array.from({ length: 5 }, () => startJourney(pool!, 'finish'));
      for (const journey of journeys) {
        expect(await journey.ended).toEqual({ status: 'failed', reason: 'Its thread could not be started.' });
        expect(journey.told).toEqual(['failed']);
      }
      expect(pool!.counts).toEqual({ threads: 2, running: 0, waiting: 0 });
    },
  );
});

describe('closing', () => {
  it('stops what runs and what waits, takes nothing more, and leaves no thread', async () => {
    open({ threads: 2 });
    const journeys = ['wait for stop', 'block', 'finish', 'finish'].map((script) =>
      startJourney(pool!, script),
    );
    await expect.poll(() => pool!.counts.running, SOON).toBe(2);
    const closing = pool!.close();
    expect(() => startJourney(pool!, 'finish')).toThrow(expect.objectContaining({ kind: 'unavailable' }));
    await closing;
    expect(journeys.map(({ told }) => told.at(-1))).toEqual(['stopped', 'stopped', 'stopped', 'stopped']);
    expect(pool!.counts).toEqual({ threads: 2, running: 0, waiting: 0 });
    expect(pool!.workers.length).toBeGreaterThan(0);
    expect(pool!.livingWorkers).toEqual([]);
    await pool!.close();
  });

  it('is quick with threads that never started', async () => {
    await open().close();
    expect(pool!.workers).toEqual([]);
  });
});

describe('a crowd', () => {
  it('of 50 people who start and stop at random leaves true counts', async () => {
    open({ threads: 4, lineLength: 1_000 });
    let seed = 7;
    const draw = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    let alive = 0;
    const ends: Promise<unknown>[] = [];
    for (let count = 0; count < 600; count++) {
      const script = ['finish', 'wait for stop', 'tell 1000 steps'][draw(3)] ?? 'finish';
      const journey = startJourney(pool!, script, { userId: `user_${draw(50)}` });
      alive++;
      ends.push(
        journey.ended.then(() => {
          alive--;
          expect(pool!.counts.running).toBeLessThanOrEqual(4);
          expect(pool!.counts.running + pool!.counts.waiting).toBeLessThanOrEqual(alive + 1);
        }),
      );
      if (script === 'wait for stop' || draw(2) === 0) setTimeout(() => journey.stop(), draw(40));
      if (count % 25 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(ends);
    expect(pool!.counts).toEqual({ threads: 4, running: 0, waiting: 0 });
    expect(pool!.livingWorkers.length).toBeLessThanOrEqual(4);
  });
});
