import { createLogger } from '@trafficflux/service-kit';
import { describe, expect, test } from 'vitest';
import { newStep } from '../../test/session-store-contract.ts';
import {
  SessionStoreRefusedError,
  SessionStoreUnavailableError,
  type SessionWrite,
} from './session-store.ts';
import { StoreWriter } from './store-writer.ts';

const step = (number: number): SessionWrite => ({
  type: 'step',
  sessionId: 's',
  journey: 1,
  step: newStep(number),
});
const ended = (sessionId: string): SessionWrite => ({
  type: 'session-ended',
  sessionId,
  status: 'completed',
  reason: 'none',
  at: new Date(),
});

function open(options: { maxWaitingSteps?: number } = {}) {
  const written: SessionWrite[][] = [];
  const attempts: (readonly SessionWrite[])[] = [];
  const lines: { msg: string; droppedSteps?: number }[] = [];
  const store = {
    /** Throws what a real one would. */
    answer: (_batch: readonly SessionWrite[]): void => {},
    async write(batch: readonly SessionWrite[]) {
      attempts.push(batch);
      store.answer(batch);
      written.push([...batch]);
    },
  };
  const logger = createLogger({
    name: 'test',
    level: 'info',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  const writer = new StoreWriter({ store, logger, intervalMs: 5, ...options });
  const goAway = () => {
    store.answer = () => {
      throw new SessionStoreUnavailableError('away');
    };
  };
  const comeBack = () => {
    store.answer = () => {};
  };
  return { writer, store, written, attempts, lines, goAway, comeBack };
}

const drained = (writer: StoreWriter) => expect.poll(() => writer.waiting, { timeout: 10_000 }).toBe(0);

describe('a store that is there', () => {
  test('gets what comes together as one batch, in order', async () => {
    const { writer, written } = open();
    const all = [...Array.from({ length: 100 }, (_, index) => step(index + 1)), ended('s')];
    for (const write of all) expect(writer.add(write)).toBe(true);
    expect(writer.waiting).toBe(101);
    await drained(writer);
    expect(written).toEqual([all]);
  });

  test('gets no batch of more than 1000', async () => {
    const { writer, written } = open();
    for (let number = 1; number <= 2500; number++) writer.add(step(number));
    await drained(writer);
    expect(written.map(({ length }) => length)).toEqual([1000, 1000, 500]);
    expect(written.flat()).toEqual(Array.from({ length: 2500 }, (_, index) => step(index + 1)));
  });

  test('is told of, once what was added is stored', async () => {
    const { writer, written } = open();
    const stored = Promise.withResolvers<void>();
    writer.add(ended('s'), stored.resolve);
    expect(written).toEqual([]);
    await stored.promise;
    expect(written).toHaveLength(1);
  });
});

describe('a store that is away', () => {
  test('loses no end, and only steps beyond the limit, which are counted and logged', async () => {
    const { writer, written, attempts, lines, goAway, comeBack } = open({ maxWaitingSteps: 10 });
    goAway();
    writer.add(ended('first'));
    await expect.poll(() => attempts.length).toBeGreaterThan(0);
    const kept = Array.from({ length: 25 }, (_, index) => writer.add(step(index + 1)));
    for (let count = 0; count < 2000; count++) expect(writer.add(ended(`s${count}`))).toBe(true);
    expect(kept.filter((isKept) => isKept)).toHaveLength(10);
    expect(writer.droppedSteps).toBe(15);
    comeBack();
    await drained(writer);
    expect(written.flat().filter(({ type }) => type === 'session-ended')).toHaveLength(2001);
    expect(written.flat().filter(({ type }) => type === 'step')).toHaveLength(10);
    expect(lines.map(({ msg, droppedSteps }) => [msg, droppedSteps])).toEqual([
      ['the session store is away: what journeys do waits for it', undefined],
      ['the session store is back', 15],
    ]);
    expect(writer.add(step(26))).toBe(true);
    await drained(writer);
  });

  test('gets the same batch again after an answer that was lost', async () => {
    const { writer, written, attempts, comeBack, store } = open();
    store.answer = (batch) => {
      written.push([...batch]);
      comeBack();
      throw new SessionStoreUnavailableError('the answer was lost');
    };
    writer.add(step(1));
    writer.add(ended('s'));
    await drained(writer);
    expect(attempts).toHaveLength(2);
    expect(written[1]).toEqual(written[0]);
  });

  test('is waited for, also when it fails in a way that nobody knows', async () => {
    const { writer, written, attempts, comeBack, store } = open();
    store.answer = () => {
      throw new Error('relation "sessions" does not exist');
    };
    writer.add(ended('s'));
    await expect.poll(() => attempts.length).toBeGreaterThan(1);
    comeBack();
    await drained(writer);
    expect(written.flat()).toHaveLength(1);
  });
});

test('a record that is refused for good keeps no other from the store', async () => {
  const { writer, written, lines, store } = open();
  store.answer = (batch) => {
    if (batch.some((write) => write.type === 'step' && write.step.number === 7))
      throw new SessionStoreRefusedError('bad');
  };
  const settled: number[] = [];
  for (let number = 1; number <= 20; number++) writer.add(step(number), () => void settled.push(number));
  await drained(writer);
  const numbers = written.flat().map((write) => write.type === 'step' && write.step.number);
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  expect(settled).toHaveLength(20);
  expect(writer.droppedSteps).toBe(1);
  expect(lines.map(({ msg }) => msg)).toEqual(['the store refused a record, which is lost']);
});

describe('closing', () => {
  test('writes what waits', async () => {
    const { writer, written } = open();
    for (let number = 1; number <= 1500; number++) writer.add(step(number));
    expect(await writer.close(5000)).toBe(0);
    expect(written.flat()).toHaveLength(1500);
  });

  test('ends in time while the store is away, and says how much is not stored', async () => {
    const { writer, attempts, goAway } = open();
    goAway();
    for (let number = 1; number <= 3; number++) writer.add(step(number));
    await expect.poll(() => attempts.length).toBeGreaterThan(0);
    expect(await writer.close(20)).toBe(3);
  });

  test('ends in time while the store does not answer at all', async () => {
    const { writer, store } = open();
    store.write = () => new Promise(() => {});
    writer.add(ended('s'));
    expect(await writer.close(20)).toBe(1);
  });
});
