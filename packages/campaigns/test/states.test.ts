import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CampaignStatus, STATUSES, transition } from '../src/index.ts';
import { openTestCampaigns, type TestCampaigns, toChunk, toPlan } from './campaigns.ts';

let campaigns: TestCampaigns;
beforeAll(async () => {
  campaigns = await openTestCampaigns();
});
afterAll(() => campaigns.close());

/** Contracts 2.2/12, row by row: what may follow. */
const TABLE: Readonly<Record<CampaignStatus, readonly CampaignStatus[]>> = {
  draft: ['running', 'stopped', 'error'],
  running: ['paused', 'completed', 'stopped', 'error'],
  paused: ['running', 'completed', 'stopped', 'error'],
  stopped: ['draft', 'running', 'completed', 'error'],
  completed: ['draft', 'running'],
  error: ['draft', 'running', 'stopped'],
};

const history = async (id: string) =>
  await campaigns.ask('SELECT from_status, to_status FROM state_changes WHERE campaign_id = $1 ORDER BY id', [
    id,
  ]);

describe('the transition table', () => {
  for (const from of STATUSES) {
    for (const to of STATUSES) {
      it(`${from} to ${to} is ${from === to ? 'no change' : TABLE[from].includes(to) ? 'allowed' : 'refused'}`, () => {
        const asked = transition({ status: from, isGenerating: false }, to);
        if (from === to) expect(asked).toEqual({ kind: 'none' });
        else if (TABLE[from].includes(to))
          expect(asked).toMatchObject({ kind: 'change', from, to, run: 'none' });
        else expect(asked).toEqual({ kind: 'refused', allowed: TABLE[from] });
      });
    }
  }

  it.each([
    ['running', 'running', { kind: 'already-generating' }],
    ['running', 'paused', { kind: 'change', run: 'suspend', setsEndTime: false }],
    ['paused', 'running', { kind: 'change', run: 'continue', setsStartTime: false }],
    ['paused', 'paused', { kind: 'none' }],
    ['running', 'completed', { kind: 'change', run: 'end', setsEndTime: true }],
    ['paused', 'stopped', { kind: 'change', run: 'end', setsEndTime: true }],
    ['running', 'error', { kind: 'change', run: 'end' }],
  ] as const)('of a generating campaign, %s to %s does its part to the run', (status, to, expected) => {
    expect(transition({ status, isGenerating: true }, to)).toMatchObject(expected);
  });
});

describe('a change of status', () => {
  it('is what the table says of the row, with its history and its times', async () => {
    const id = await campaigns.create();
    expect(await campaigns.states.change(id, 'paused', 'api')).toEqual({
      kind: 'refused',
      status: 'draft',
      allowed: ['running', 'stopped', 'error'],
    });
    expect(await campaigns.states.change(id, 'running', 'api')).toMatchObject({
      kind: 'changed',
      change: { previousStatus: 'draft', status: 'running', epoch: 1, run: 0, effect: 'none' },
    });
    expect(await campaigns.states.change(id, 'running', 'api')).toMatchObject({ kind: 'unchanged' });
    const { start_time } = await campaigns.row(id);
    expect(start_time).toBeInstanceOf(Date);
    await campaigns.states.change(id, 'stopped', 'api');
    expect((await campaigns.row(id)).end_time).toBeInstanceOf(Date);
    expect(await history(id)).toEqual([
      { from_status: 'draft', to_status: 'running' },
      { from_status: 'running', to_status: 'stopped' },
    ]);
    expect(await campaigns.states.change('unknown', 'running', 'api')).toEqual({ kind: 'not-found' });
  });

  it('is one of many that come at once: the history stays a path of the table', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...STATUSES), { minLength: 2, maxLength: 8 }),
        async (wishes) => {
          const id = await campaigns.create();
          await Promise.all(wishes.map((to) => campaigns.states.change(id, to, 'api')));
          let status: unknown = 'draft';
          for (const { from_status, to_status } of await history(id)) {
            expect(from_status).toBe(status);
            expect(TABLE[from_status as CampaignStatus]).toContain(to_status);
            status = to_status;
          }
          expect((await campaigns.row(id)).status).toBe(status);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('a start', () => {
  it('begins one run, however many ask at once', async () => {
    const id = await campaigns.create();
    await campaigns.states.change(id, 'running', 'api');
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => campaigns.states.start(id, toPlan(id), 'api')),
    );
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual([
      ...Array.from({ length: 7 }, () => 'already-generating'),
      'started',
    ]);
    expect(await campaigns.row(id)).toMatchObject({ run: 1, is_generating: true, run_slots: '600' });
  });

  it.each(['draft', 'paused', 'stopped', 'completed', 'error'] as const)(
    'is refused in %s',
    async (status) => {
      const id = await campaigns.create();
      if (status !== 'draft') await campaigns.states.change(id, 'running', 'api');
      await campaigns.states.change(id, status, 'api');
      expect(await campaigns.states.start(id, toPlan(id), 'api')).toEqual({ kind: 'not-running', status });
      expect(await campaigns.states.start('unknown', toPlan('unknown'), 'api')).toEqual({
        kind: 'not-found',
      });
    },
  );

  it('F58 again after an end is a run of its own behind the entries that are there', async () => {
    const id = await campaigns.start();
    const first = await campaigns.ownership.claim(id, 'one');
    await campaigns.writer.write([toChunk(id, first?.epoch ?? 0, 0, 5)]);
    await campaigns.states.stop(id, 'api');
    await campaigns.states.change(id, 'running', 'api');
    expect(await campaigns.states.start(id, toPlan(id), 'api')).toMatchObject({
      kind: 'started',
      run: { run: 2 },
    });
    const second = await campaigns.ownership.claim(id, 'two');
    expect(second).toMatchObject({ run: 2, nextSlot: 0, lastSequence: 5, runRequests: 0, elapsedMs: 0 });
  });
});

describe('a stop', () => {
  it('ends the run, and finds nothing where nothing generates', async () => {
    const id = await campaigns.start();
    await campaigns.ownership.claim(id, 'one');
    expect(await campaigns.states.stop(id, 'api')).toMatchObject({
      previousStatus: 'running',
      status: 'stopped',
    });
    expect(await campaigns.row(id)).toMatchObject({ is_generating: false, owner: null, lease_until: null });
    expect(await campaigns.states.stop(id, 'api')).toBeNull();
    expect(await campaigns.states.stop('unknown', 'api')).toBeNull();
  });

  it('ends a paused run as well', async () => {
    const id = await campaigns.start();
    await campaigns.states.change(id, 'paused', 'api');
    expect(await campaigns.states.stop(id, 'api')).toMatchObject({
      previousStatus: 'paused',
      status: 'stopped',
    });
  });
});

describe('a resume', () => {
  it('goes on with the time that is left, and makes again what was not stored', async () => {
    const id = await campaigns.start({ durationMinutes: 1, requestsPerMinute: 600 });
    const first = await campaigns.ownership.claim(id, 'one');
    await campaigns.writer.write([toChunk(id, first?.epoch ?? 0, 0, 20)]);
    await campaigns.ask("UPDATE campaigns SET running_since = now() - interval '2300 ms' WHERE id = $1", [
      id,
    ]);
    await campaigns.states.stop(id, 'api');
    const plan = toPlan(id, { requestsPerMinute: 1200 });
    expect(await campaigns.states.resume(id, plan, 'api')).toMatchObject({
      kind: 'started',
      run: { run: 2 },
    });
    const second = await campaigns.ownership.claim(id, 'two');
    expect(second).toMatchObject({ elapsedMs: 2000, nextSlot: 40, slots: 1200, lastSequence: 20, missed: 0 });
    expect((await history(id)).at(-1)).toEqual({ from_status: 'stopped', to_status: 'running' });
  });

  it('is refused where no time is left, and where nothing was stopped', async () => {
    const id = await campaigns.start({ durationMinutes: 1 });
    expect(await campaigns.states.resume(id, toPlan(id), 'api')).toEqual({ kind: 'already-generating' });
    await campaigns.states.stop(id, 'api');
    await campaigns.ask('UPDATE campaigns SET elapsed_ms = 60000, next_slot = 600 WHERE id = $1', [id]);
    expect(await campaigns.states.resume(id, toPlan(id), 'api')).toEqual({ kind: 'no-time-left' });
    expect(await campaigns.states.resume(id, toPlan(id, { durationMinutes: null }), 'api')).toMatchObject({
      kind: 'started',
    });
    const draft = await campaigns.create();
    expect(await campaigns.states.resume(draft, toPlan(draft), 'api')).toEqual({
      kind: 'not-running',
      status: 'draft',
    });
    expect(await campaigns.states.resume('unknown', toPlan('unknown'), 'api')).toEqual({ kind: 'not-found' });
  });
});

describe('a cleanup', () => {
  it.each(['draft', 'running', 'paused', 'error'] as const)('makes a %s campaign stopped', async (status) => {
    const id = await campaigns.create();
    if (status !== 'draft') await campaigns.states.change(id, 'running', 'api');
    await campaigns.states.change(id, status, 'api');
    expect(await campaigns.states.cleanup(id, false, 'api')).toMatchObject({ status: 'stopped' });
    expect(await campaigns.states.cleanup(id, false, 'api')).toBeNull();
  });

  it('leaves the status of a completed campaign alone', async () => {
    const id = await campaigns.start();
    await campaigns.states.change(id, 'completed', 'api');
    expect(await campaigns.states.cleanup(id, true, 'api')).toBeNull();
    expect(await campaigns.row(id)).toMatchObject({ status: 'completed' });
    expect(await campaigns.states.cleanup('unknown', true, 'api')).toBeNull();
  });

  it('keeps the entries unless they shall go, and lets nothing in after it', async () => {
    const id = await campaigns.start();
    const owned = await campaigns.ownership.claim(id, 'one');
    const epoch = owned?.epoch ?? 0;
    await campaigns.writer.write([toChunk(id, epoch, 0, 5)]);
    await campaigns.states.cleanup(id, false, 'api');
    expect(await campaigns.row(id)).toMatchObject({ last_sequence: '5' });
    const late = Promise.all([0, 1, 2].map(() => campaigns.writer.write([toChunk(id, epoch, 5, 5)])));
    await campaigns.states.cleanup(id, true, 'api');
    expect((await late).flatMap((outcomes) => [...outcomes.values()])).toEqual([
      'fenced',
      'fenced',
      'fenced',
    ]);
    expect(await campaigns.row(id)).toMatchObject({
      last_sequence: '0',
      last_entry: null,
      first_entry_at: null,
    });
    expect(await campaigns.ask('SELECT 1 FROM chunks WHERE campaign_id = $1', [id])).toEqual([]);
    expect(await campaigns.ask('SELECT 1 FROM campaign_values WHERE campaign_id = $1', [id])).toEqual([]);
  });

  it('that purges while a worker writes leaves nothing behind', async () => {
    for (let round = 0; round < 10; round++) {
      const id = await campaigns.start();
      const epoch = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
      await Promise.all([
        campaigns.writer.write([toChunk(id, epoch, 0, 50)]),
        campaigns.states.cleanup(id, true, 'api'),
      ]);
      const [found] = await campaigns.ask(
        'SELECT count(*)::int AS chunks FROM chunks WHERE campaign_id = $1',
        [id],
      );
      expect({ ...found, last: (await campaigns.row(id)).last_sequence }).toEqual({ chunks: 0, last: '0' });
    }
  });
});
