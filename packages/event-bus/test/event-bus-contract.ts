// What a bus promises on every store. Run against a real server by event-bus-redis.test.ts and
// event-bus-postgres.test.ts.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EventBus, EventBusOptions, Json } from '../src/index.ts';
import { createRecorder, type Recorder } from './recorder.ts';

export interface ContractStore {
  /** A bus on the store, by the URL of whichever kind. */
  createBus(options?: Partial<EventBusOptions>): EventBus;
  stop(): Promise<void>;
}

export function promiseOfEventBus(start: () => Promise<ContractStore>): void {
  let store: ContractStore;
  const buses: EventBus[] = [];
  let run = 0;
  /** A topic of its own for each test, since the store may be shared. */
  let topic: string;

  beforeAll(async () => {
    store = await start();
  });
  afterEach(() => Promise.all(buses.splice(0).map((bus) => bus.close())));
  afterAll(() => store?.stop());

  function open(options: Partial<EventBusOptions> = {}): EventBus {
    topic = `t${process.pid}-${Date.now()}-${run}`;
    const bus = store.createBus(options);
    buses.push(bus);
    return bus;
  }

  function openTwo(): [EventBus, EventBus] {
    run++;
    return [open(), open()];
  }

  async function listen(bus: EventBus, pattern: string): Promise<Recorder> {
    const recorder = createRecorder();
    await bus.subscribe(pattern, recorder);
    return recorder;
  }

  /** Publishes a last event and waits for it: what has not come until then never will. */
  async function settle(bus: EventBus, recorder: Recorder, at = topic): Promise<void> {
    const before = recorder.events.length;
    await bus.publish(at, 'last');
    await recorder.hasEvents(before + 1);
    await expect.poll(() => recorder.data().at(-1)).toBe('last');
  }

  describe('publish and subscribe', () => {
    it('hands an event to the subscribers of its topic, on every bus, the publisher’s own included', async () => {
      const [one, other] = openTwo();
      const [here, there] = [await listen(one, topic), await listen(other, topic)];
      await one.publish(topic, { text: 'é😀', list: [1, null, true], nested: { a: '' } });
      await Promise.all([here.hasEvents(1), there.hasEvents(1)]);
      const event = { topic, data: { text: 'é😀', list: [1, null, true], nested: { a: '' } } };
      expect([here.events, there.events]).toEqual([[event], [event]]);
    });

    it.each<Json>([null, 0, '', false, [], {}, 'line\nbreak', 'nul \u0000', 'half \ud800', '@1'])(
      'carries %j unchanged',
      async (data) => {
        const [one, other] = openTwo();
        const there = await listen(other, topic);
        await one.publish(topic, data);
        await there.hasEvents(1);
        expect(there.data()).toEqual([data]);
      },
    );

    it('hands no event of another topic over', async () => {
      const [one, other] = openTwo();
      const there = await listen(other, topic);
      for (const near of [`${topic}.a`, `a.${topic}`, `${topic}a`, topic.slice(1)])
        await one.publish(near, 'no');
      await settle(one, there);
      expect(there.data()).toEqual(['last']);
    });

    it('hands an event once to each subscription, however many patterns match', async () => {
      const [one, other] = openTwo();
      const patterns = [`${topic}.a`, `${topic}.a`, `${topic}.*`, `${topic}.**`, '**'];
      const recorders = await Promise.all(patterns.map((pattern) => listen(other, pattern)));
      const mine = () =>
        recorders.map(({ events }) => events.filter((event) => event.topic === `${topic}.a`).length);
      await one.publish(`${topic}.a`, 1);
      await one.publish(`${topic}.a`, 2);
      await expect.poll(mine).toEqual([2, 2, 2, 2, 2]);
    });

    it('ends a subscription at once, and leaves the others', async () => {
      const [one, other] = openTwo();
      const [kept, ended] = [createRecorder(), createRecorder()];
      await other.subscribe(topic, kept);
      const subscription = await other.subscribe(topic, ended);
      await one.publish(topic, 1);
      await Promise.all([kept.hasEvents(1), ended.hasEvents(1)]);
      await subscription.close();
      await subscription.close();
      await settle(one, kept);
      expect(kept.data()).toEqual([1, 'last']);
      expect(ended.data()).toEqual([1]);
    });

    it('subscribes again to a pattern that was just given up', async () => {
      const [one, other] = openTwo();
      for (let turn = 0; turn < 5; turn++) {
        const recorder = createRecorder();
        const subscription = await other.subscribe(`${topic}.*`, recorder);
        const [, next] = await Promise.all([subscription.close(), listen(other, `${topic}.*`)]);
        await one.publish(`${topic}.x`, turn);
        await next.hasEvents(1);
        expect(next.data()).toEqual([turn]);
        expect(recorder.events).toEqual([]);
      }
    });

    it('takes what a subscriber throws, and the others hear of the event all the same', async () => {
      run++;
      const errors: string[] = [];
      const bus = open({
        onError(error) {
          errors.push(error.message);
          throw error;
        },
      });
      await bus.subscribe(topic, {
        onEvent() {
          throw new Error('a mistake');
        },
      });
      await bus.subscribe(topic, {
        async onEvent() {
          throw new Error('a late mistake');
        },
      });
      const recorder = await listen(bus, topic);
      await bus.publish(topic, 1);
      await settle(bus, recorder);
      expect(recorder.data()).toEqual([1, 'last']);
      expect(errors.toSorted()).toEqual(['a late mistake', 'a late mistake', 'a mistake', 'a mistake']);
    });

    it('takes no part in what a subscriber does with other subscriptions', async () => {
      const [one, other] = openTwo();
      const second = createRecorder();
      const first = createRecorder();
      const seen: Json[] = [];
      await other.subscribe(topic, {
        onEvent({ data }) {
          seen.push(data);
          void subscription.close();
        },
      });
      const subscription = await other.subscribe(topic, second);
      await other.subscribe(topic, first);
      await one.publish(topic, 1);
      await settle(one, first);
      expect(seen).toEqual([1, 'last']);
      expect(second.events).toEqual([]);
    });
  });

  describe('topics', () => {
    it.each(['', ' ', 'a b', 'a*', 'a.*', '**', 'a/b', '$sys.x', 'é', 'a\n', 'x'.repeat(256)])(
      'refuses the topic %j',
      async (bad) => {
        const [bus] = openTwo();
        await expect(bus.publish(bad, 1)).rejects.toMatchObject({ name: 'BusError', code: 'BAD_TOPIC' });
      },
    );

    it.each(['', 'a*', 'a.b*', '**.a', 'a.**.b', '***', 'a b', 'a/+', 'a#', 'x'.repeat(256)])(
      'refuses the pattern %j',
      async (bad) => {
        const [bus] = openTwo();
        await expect(bus.subscribe(bad, createRecorder())).rejects.toMatchObject({ code: 'BAD_TOPIC' });
      },
    );

    it('F91: tells segments apart as its documentation says', async () => {
      const [one, other] = openTwo();
      const cases = [
        { pattern: 'sport.**', topic: 'sport', matches: false },
        { pattern: 'sport.**', topic: 'sport.a.b', matches: true },
        { pattern: 'foo.**', topic: 'foobar.x', matches: false },
        { pattern: 'a.*.b', topic: 'a.x.y.b', matches: false },
        { pattern: 'a.*.b', topic: 'a.x.b', matches: true },
        { pattern: 'a.*', topic: 'a.', matches: true },
        { pattern: 'a.*', topic: 'a', matches: false },
        { pattern: '*.x', topic: 'y.x', matches: true },
      ];
      const recorders = await Promise.all(cases.map((each) => listen(other, `${topic}.${each.pattern}`)));
      const last = await listen(other, topic);
      for (const each of cases) await one.publish(`${topic}.${each.topic}`, each.pattern + each.topic);
      await settle(one, last);
      for (const [index, each] of cases.entries()) {
        const hit = recorders[index]?.data().includes(each.pattern + each.topic);
        expect([each.pattern, each.topic, hit]).toEqual([each.pattern, each.topic, each.matches]);
      }
    });

    it('carries a topic and a pattern of 255 characters', async () => {
      const [one, other] = openTwo();
      const stem = `${topic}.`.padEnd(253, 'x');
      const recorders = [await listen(other, `${stem}.y`), await listen(other, `${stem}.*`)];
      await one.publish(`${stem}.y`, 1);
      for (const recorder of recorders) {
        await recorder.hasEvents(1);
        expect(recorder.data()).toEqual([1]);
      }
    });
  });

  describe('size', () => {
    it.each([7_900, 7_999, 8_000, 8_001, 65_534])('carries a text of %i bytes', async (bytes) => {
      const [one, other] = openTwo();
      const there = await listen(other, topic);
      await one.publish(topic, 'x'.repeat(bytes));
      await there.hasEvents(1);
      expect(there.data()).toEqual(['x'.repeat(bytes)]);
    });

    it('F92: long texts, counted in bytes, arrive on both buses, and so does the small one behind them', async () => {
      const [one, other] = openTwo();
      const recorders = [await listen(one, topic), await listen(other, topic)];
      const texts = ['x'.repeat(7_999), 'x'.repeat(8_001), 'é'.repeat(4_000), 'small'];
      for (const text of texts) await one.publish(topic, text);
      for (const recorder of recorders) {
        await recorder.hasEvents(4);
        expect(recorder.data()).toEqual(texts);
      }
    });

    it('carries 64 KB of JSON, and refuses a byte more', async () => {
      const [one, other] = openTwo();
      const there = await listen(other, topic);
      await one.publish(topic, 'é'.repeat(32_767));
      await expect(one.publish(topic, `é${'x'.repeat(65_533)}`)).rejects.toMatchObject({ code: 'TOO_LARGE' });
      await settle(one, there);
      expect(there.data()).toEqual(['é'.repeat(32_767), 'last']);
    });

    it('refuses what is no JSON', async () => {
      const [bus] = openTwo();
      await expect(bus.publish(topic, undefined as unknown as Json)).rejects.toThrow(TypeError);
    });
  });

  describe('order', () => {
    it('keeps the order of each publisher, long and short mixed, at thousands of events', async () => {
      const [one, other] = openTwo();
      const there = await listen(other, `${topic}.**`);
      const count = 3_000;
      const publish = (bus: EventBus, who: string) =>
        Array.from({ length: count }, (_, index) => {
          const data = index % 100 === 50 ? [index, 'x'.repeat(20_000)] : [index];
          return bus.publish(`${topic}.${who}.${index % 7}`, data);
        });
      await Promise.all([...publish(one, 'one'), ...publish(other, 'other')]);
      await there.hasEvents(2 * count);
      const numbers = (who: string) =>
        there.events
          .filter((event) => event.topic.startsWith(`${topic}.${who}.`))
          .map((event) => (event.data as readonly number[])[0]);
      const expected = Array.from({ length: count }, (_, index) => index);
      expect(numbers('one')).toEqual(expected);
      expect(numbers('other')).toEqual(expected);
    });

    it('serves many buses at once', async () => {
      run++;
      const many = Array.from({ length: 16 }, () => open());
      const name = topic;
      const recorders = await Promise.all(many.map((bus) => listen(bus, `${name}.*`)));
      await Promise.all(
        many.flatMap((bus, who) => Array.from({ length: 50 }, (_, n) => bus.publish(`${name}.${who}`, n))),
      );
      for (const recorder of recorders) await recorder.hasEvents(16 * 50);
      const expected = Array.from({ length: 50 }, (_, n) => n);
      for (const recorder of recorders) {
        expect(recorder.events).toHaveLength(16 * 50);
        for (const who of many.keys()) {
          const from = recorder.events.filter((event) => event.topic === `${name}.${who}`);
          expect(from.map(({ data }) => data)).toEqual(expected);
        }
      }
    });
  });

  describe('close', () => {
    it('sends what waits', async () => {
      const [one, other] = openTwo();
      const there = await listen(other, topic);
      const published = Array.from({ length: 500 }, (_, index) => one.publish(topic, index));
      await one.close();
      await Promise.all(published);
      await there.hasEvents(500);
      expect(there.data()).toEqual(Array.from({ length: 500 }, (_, index) => index));
    });

    it('refuses everything afterwards, and may be called again', async () => {
      const [bus] = openTwo();
      await bus.ping();
      await Promise.all([bus.close(), bus.close()]);
      const closed = { name: 'BusError', code: 'CLOSED' };
      await expect(bus.publish(topic, 1)).rejects.toMatchObject(closed);
      await expect(bus.subscribe(topic, createRecorder())).rejects.toMatchObject(closed);
      await expect(bus.ping()).rejects.toMatchObject(closed);
    });

    it('lets a subscriber hear no more', async () => {
      const [one, other] = openTwo();
      const [ended, kept] = [await listen(other, topic), await listen(one, topic)];
      await other.close();
      await settle(one, kept);
      expect(ended.events).toEqual([]);
      expect(ended.gaps).toBe(0);
    });
  });

  it('answers a ping', async () => {
    const [bus] = openTwo();
    await listen(bus, topic);
    await expect(bus.ping()).resolves.toBeUndefined();
  });
}
