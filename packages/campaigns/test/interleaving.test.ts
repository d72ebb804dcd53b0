// Everybody at once, in any order: whatever they do, what must hold of a campaign holds at every rest.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STATUSES } from '../src/index.ts';
import { openTestCampaigns, type TestCampaigns, toChunk, toPlan } from './campaigns.ts';
import { expectPath, expectWhole } from './whole.ts';

let campaigns: TestCampaigns;
beforeAll(async () => {
  campaigns = await openTestCampaigns();
});
afterAll(() => campaigns.close());

/** What a worker believes that it holds; it is not told when it loses it. */
interface Belief {
  epoch: number;
  last: number;
}

class Worker {
  readonly #name: string;
  readonly #id: string;
  #belief: Belief = { epoch: 0, last: 0 };

  constructor(name: string, id: string) {
    this.#name = name;
    this.#id = id;
  }

  async claim(): Promise<void> {
    const owned = await campaigns.ownership.claim(this.#id, this.#name);
    if (owned) this.#belief = { epoch: owned.epoch, last: owned.lastSequence };
  }

  async write(count: number): Promise<void> {
    const belief = this.#belief;
    const outcomes = await campaigns.writer.write([toChunk(this.#id, belief.epoch, belief.last, count)]);
    if (outcomes.get(this.#id) === 'written') belief.last += count;
  }

  async renew(): Promise<void> {
    await campaigns.ownership.renew(this.#name, [{ campaignId: this.#id, epoch: this.#belief.epoch }]);
  }

  async release(): Promise<void> {
    await campaigns.ownership.release(this.#name, [{ campaignId: this.#id, epoch: this.#belief.epoch }]);
  }

  async end(): Promise<void> {
    const { epoch } = this.#belief;
    await campaigns.ownership.end({ campaignId: this.#id, epoch, worker: this.#name }, 'completed', null);
  }
}

type Step = (id: string, workers: readonly Worker[]) => Promise<unknown>;

const worker = fc.nat({ max: 2 });
const ofWorker = (act: (worker: Worker) => Promise<void>) =>
  worker.map(
    (index): Step =>
      async (_, workers) =>
        workers[index] && act(workers[index]),
  );

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: ofWorker((each) => each.claim()) },
  {
    weight: 8,
    arbitrary: fc.tuple(worker, fc.integer({ min: 1, max: 30 })).map(
      ([index, count]): Step =>
        async (_, workers) =>
          workers[index]?.write(count),
    ),
  },
  { weight: 1, arbitrary: ofWorker((each) => each.renew()) },
  { weight: 1, arbitrary: ofWorker((each) => each.release()) },
  { weight: 1, arbitrary: ofWorker((each) => each.end()) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...STATUSES).map(
      (to): Step =>
        (id) =>
          campaigns.states.change(id, to, 'api'),
    ),
  },
  { weight: 4, arbitrary: fc.constant<Step>((id) => campaigns.states.start(id, toPlan(id), 'api')) },
  { weight: 1, arbitrary: fc.constant<Step>((id) => campaigns.states.resume(id, toPlan(id), 'api')) },
  { weight: 1, arbitrary: fc.constant<Step>((id) => campaigns.states.stop(id, 'api')) },
  {
    weight: 1,
    arbitrary: fc.boolean().map(
      (purge): Step =>
        (id) =>
          campaigns.states.cleanup(id, purge, 'api'),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Step>((id) =>
      campaigns.ask('UPDATE campaigns SET lease_until = now() WHERE id = $1 AND lease_until > now()', [id]),
    ),
  },
);

test('sequence, statistics and history hold in any order of doing things, also at the same time', async () => {
  let written = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 12 }),
      async (rounds) => {
        const id = await campaigns.start();
        const workers = ['one', 'two', 'three'].map((name) => new Worker(name, id));
        await workers[0]?.claim();
        for (const steps of rounds) {
          await Promise.all(steps.map((act) => act(id, workers)));
          await expectWhole(campaigns, id);
          await expectPath(campaigns, id);
        }
        written += Number((await campaigns.row(id)).last_sequence);
      },
    ),
    { numRuns: 60 },
  );
  expect(written).toBeGreaterThan(0);
});

test.each(['stopped', 'paused', 'cleaned up', 'purged', 'deleted'] as const)(
  'nothing is written after it was answered that a campaign is %s',
  async (how) => {
    for (let round = 0; round < 8; round++) {
      const id = await campaigns.start();
      const epoch = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
      let isAnswered = false;
      let last = 0;
      const writing = (async () => {
        for (let attempts = 0; attempts < 200 && !(isAnswered && attempts > 5); attempts++) {
          const outcomes = await campaigns.writer.write([toChunk(id, epoch, last, 3)]);
          if (outcomes.get(id) === 'written') last += 3;
        }
      })();
      if (how === 'stopped') await campaigns.states.stop(id, 'api');
      else if (how === 'paused') await campaigns.states.change(id, 'paused', 'api');
      else if (how === 'deleted') await campaigns.states.remove(id);
      else await campaigns.states.cleanup(id, how === 'purged', 'api');
      const atAnswer = await campaigns.ask('SELECT last_sequence FROM chunks WHERE campaign_id = $1', [id]);
      isAnswered = true;
      await writing;
      expect(await campaigns.ask('SELECT last_sequence FROM chunks WHERE campaign_id = $1', [id])).toEqual(
        atAnswer,
      );
      if (how !== 'deleted') await expectWhole(campaigns, id);
    }
  },
);
