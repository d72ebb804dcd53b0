import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestCampaigns, type TestCampaigns, toChunk, toPlan } from './campaigns.ts';
import { expectWhole } from './whole.ts';

let campaigns: TestCampaigns;
beforeAll(async () => {
  campaigns = await openTestCampaigns();
});
afterAll(() => campaigns.close());

const expire = (id: string) =>
  campaigns.ask("UPDATE campaigns SET lease_until = now() - interval '1 ms' WHERE id = $1", [id]);
/** As if the run had gone on for so long without anybody looking. */
const letPass = (id: string, ms: number) =>
  campaigns.ask("UPDATE campaigns SET running_since = running_since - $2 * interval '1 ms' WHERE id = $1", [
    id,
    ms,
  ]);

describe('a claim', () => {
  it('goes to one of many who ask at once', async () => {
    const id = await campaigns.start();
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, index) => campaigns.ownership.claim(id, `worker ${index}`)),
    );
    const [owned] = claims.filter((claim) => claim !== null);
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    expect(owned).toMatchObject({
      campaignId: id,
      run: 1,
      nextSlot: 0,
      lastSequence: 0,
      missed: 0,
      isTakeOver: false,
    });
    expect(owned).toMatchObject({ slots: 600, runRequests: 0, successfulRequests: 0, plan: { seed: 1 } });
    expect(Math.abs((owned?.serverTime ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it.each(['draft', 'running'] as const)(
    'finds nothing in a %s campaign that does not generate',
    async (status) => {
      const id = await campaigns.create();
      await campaigns.states.change(id, status, 'test');
      expect(await campaigns.ownership.claim(id, 'one')).toBeNull();
      expect(await campaigns.ownership.claim('unknown', 'one')).toBeNull();
    },
  );

  it('is refused while a lease lasts, and while the campaign is paused', async () => {
    const id = await campaigns.start();
    await campaigns.ownership.claim(id, 'one');
    expect(await campaigns.ownership.claim(id, 'two')).toBeNull();
    expect(await campaigns.ownership.claim(id, 'one')).toBeNull();
    await campaigns.states.change(id, 'paused', 'test');
    expect(await campaigns.ownership.claim(id, 'two')).toBeNull();
    expect(await campaigns.ownership.claimOrphans('two', 100)).toEqual([]);
  });

  it('of a run whose worker died raises the epoch and counts what has passed as missed', async () => {
    const id = await campaigns.start({ requestsPerMinute: 600, latencyMs: [50, 500], durationMinutes: 10 });
    const first = await campaigns.ownership.claim(id, 'one');
    await campaigns.writer.write([toChunk(id, first?.epoch ?? 0, 0, 10)]);
    await expire(id);
    await letPass(id, 10_000);
    const second = await campaigns.ownership.claim(id, 'two');
    expect(second).toMatchObject({ isTakeOver: true, lastSequence: 10, runRequests: 10 });
    expect(second?.epoch).toBe((first?.epoch ?? 0) + 1);
    // 10 s at 600 a minute, less the half second in which a begun request may still end.
    expect(second?.nextSlot).toBeGreaterThanOrEqual(95);
    expect(second?.nextSlot).toBeLessThan(600);
    expect(second?.missed).toBe((second?.nextSlot ?? 0) - 10);
    expect(await campaigns.row(id)).toMatchObject({ missed_requests: String(second?.missed), owner: 'two' });
  });

  it('misses nothing of a run that was handed over at once', async () => {
    const id = await campaigns.start({ requestsPerMinute: 6, latencyMs: [500, 500] });
    const first = await campaigns.ownership.claim(id, 'one');
    await campaigns.ownership.release('one', [{ campaignId: id, epoch: first?.epoch ?? 0 }]);
    expect(await campaigns.ownership.claim(id, 'two')).toMatchObject({
      nextSlot: 0,
      missed: 0,
      isTakeOver: true,
    });
  });

  it('of a live run lets no slot be late', async () => {
    const id = await campaigns.start({ delivery: 'live', requestsPerMinute: 600, latencyMs: [500, 500] });
    await campaigns.ownership.claim(id, 'one');
    await expire(id);
    await letPass(id, 1000);
    const next = await campaigns.ownership.claim(id, 'two');
    expect(next?.nextSlot).toBeGreaterThanOrEqual(10);
    expect(next?.missed).toBe(next?.nextSlot);
  });

  it('F67 takes any plan as it is, also with texts that PostgreSQL cannot look into', async () => {
    const config = { text: 'a\u0000', half: 'b\ud800', whole: '😀' };
    const id = await campaigns.start({ config, latencyMs: [0, 250] });
    const owned = await campaigns.ownership.claim(id, 'one');
    expect(owned?.plan).toMatchObject({ config, latencyMs: [0, 250] });
    await expire(id);
    const taken = await campaigns.ownership.claimOrphans('two', 1000);
    expect(taken.find(({ campaignId }) => campaignId === id)?.plan).toMatchObject({ config });
  });

  it('never goes beyond the last slot of the run', async () => {
    const id = await campaigns.start({ durationMinutes: 1, requestsPerMinute: 60 });
    await campaigns.ownership.claim(id, 'one');
    await expire(id);
    await letPass(id, 3_600_000);
    expect(await campaigns.ownership.claim(id, 'two')).toMatchObject({ slots: 60, nextSlot: 60, missed: 60 });
  });
});

describe('the clock of a run', () => {
  it('begins with the first claim: waiting for a worker costs nothing', async () => {
    const id = await campaigns.start();
    expect(await campaigns.row(id)).toMatchObject({ running_since: null });
    await campaigns.ask("UPDATE campaigns SET updated_at = now() - interval '1 hour' WHERE id = $1", [id]);
    const owned = await campaigns.ownership.claim(id, 'one');
    expect(owned).toMatchObject({ elapsedMs: 0, missed: 0 });
  });

  it('stands still in a pause and goes back to what is stored, so that a pause loses nothing', async () => {
    const id = await campaigns.start({ requestsPerMinute: 600 });
    const first = await campaigns.ownership.claim(id, 'one');
    await campaigns.writer.write([toChunk(id, first?.epoch ?? 0, 0, 10)]);
    await letPass(id, 1400);
    await campaigns.states.change(id, 'paused', 'test');
    // Ten slots of 100 ms are stored; the four after them were under way.
    expect(await campaigns.row(id)).toMatchObject({ elapsed_ms: 1000, running_since: null, owner: null });
    await campaigns.ask("UPDATE campaigns SET updated_at = now() - interval '1 hour' WHERE id = $1", [id]);
    await campaigns.states.change(id, 'running', 'test');
    expect(await campaigns.ownership.claim(id, 'two')).toMatchObject({
      elapsedMs: 1000,
      nextSlot: 10,
      missed: 0,
      lastSequence: 10,
      isTakeOver: false,
    });
  });
});

describe('the time in which no worker lives', () => {
  /** Ten slots of 100 ms are stored; then the worker dies, and half a minute goes by. */
  async function abandon(): Promise<string> {
    const id = await campaigns.start({ requestsPerMinute: 600, latencyMs: [0, 0], durationMinutes: 10 });
    const owned = await campaigns.ownership.claim(id, 'one');
    await campaigns.writer.write([toChunk(id, owned?.epoch ?? 0, 0, 10)]);
    await letPass(id, 31_000);
    await expire(id);
    return id;
  }

  it('is missed, and not given back by a pause in it', async () => {
    const id = await abandon();
    await campaigns.states.change(id, 'paused', 'test');
    await campaigns.states.change(id, 'running', 'test');
    const next = await campaigns.ownership.claim(id, 'two');
    expect(next?.elapsedMs).toBeGreaterThanOrEqual(31_000);
    expect(next?.nextSlot).toBeGreaterThanOrEqual(310);
    expect(next?.missed).toBe((next?.nextSlot ?? 0) - 10);
  });

  it('is missed, and not given back by a stop in it that is resumed, also at another rate', async () => {
    const id = await abandon();
    await campaigns.states.stop(id, 'test');
    await campaigns.states.resume(
      id,
      toPlan(id, { requestsPerMinute: 60, latencyMs: [0, 0], durationMinutes: 10 }),
      'test',
    );
    const next = await campaigns.ownership.claim(id, 'two');
    expect(next?.nextSlot).toBeGreaterThanOrEqual(31);
    expect(next?.missed).toBe((next?.nextSlot ?? 0) - 1);
  });

  it('is nothing while a paused campaign waits, or the clock of the server was set back', async () => {
    const id = await campaigns.start({ requestsPerMinute: 600, latencyMs: [0, 0] });
    await campaigns.ownership.claim(id, 'one');
    await letPass(id, -3_600_000);
    await expire(id);
    expect(await campaigns.ownership.claim(id, 'two')).toMatchObject({
      elapsedMs: 0,
      nextSlot: 0,
      missed: 0,
    });
    await campaigns.states.change(id, 'paused', 'test');
    expect(await campaigns.row(id)).toMatchObject({ elapsed_ms: 0, running_since: null });
  });

  it('a pause at any slot and rate loses and misses none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3_000_000 }),
        fc.double({ min: 0.1, max: 6000, noNaN: true }),
        fc.constantFrom('paused', 'stopped'),
        async (slot, requestsPerMinute, status) => {
          const plan = { requestsPerMinute, latencyMs: [0, 0] as const, durationMinutes: null };
          const id = await campaigns.start(plan);
          const first = await campaigns.ownership.claim(id, 'one');
          const moved = { ...toChunk(id, first?.epoch ?? 0, 0, 1), nextSlot: slot };
          await campaigns.writer.write([moved]);
          await letPass(id, (slot * 60_000) / requestsPerMinute + 700);
          await campaigns.states.change(id, status, 'test');
          if (status === 'paused') await campaigns.states.change(id, 'running', 'test');
          else await campaigns.states.resume(id, toPlan(id, plan), 'test');
          expect(await campaigns.ownership.claim(id, 'two')).toMatchObject({ nextSlot: slot, missed: 0 });
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a worker that was frozen beyond its lease', () => {
  it('changes nothing when it wakes up, whatever it tries', async () => {
    const id = await campaigns.start({ durationMinutes: null });
    const epoch = (await campaigns.ownership.claim(id, 'frozen'))?.epoch ?? 0;
    await campaigns.writer.write([toChunk(id, epoch, 0, 5)]);
    await expire(id);
    const next = (await campaigns.ownership.claim(id, 'next'))?.epoch ?? 0;
    await campaigns.writer.write([toChunk(id, next, 5, 5)]);
    const before = await campaigns.row(id);
    const key = { campaignId: id, epoch };
    expect(await campaigns.ownership.renew('frozen', [key])).toEqual(new Set());
    await campaigns.ownership.release('frozen', [key]);
    expect(await campaigns.ownership.end({ ...key, worker: 'frozen' }, 'completed', null)).toBe(false);
    for (const last of [5, 10])
      expect(await campaigns.writer.write([toChunk(id, epoch, last, 5)])).toEqual(new Map([[id, 'fenced']]));
    expect(await campaigns.row(id)).toEqual(before);
    await expectWhole(campaigns, id);
  });

  it('changes nothing under its own name either, when it has taken the run again', async () => {
    const id = await campaigns.start();
    const epoch = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
    await expire(id);
    const again = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
    expect(await campaigns.writer.write([toChunk(id, epoch, 0, 5)])).toEqual(new Map([[id, 'fenced']]));
    expect(await campaigns.writer.write([toChunk(id, again, 0, 5)])).toEqual(new Map([[id, 'written']]));
    await campaigns.ownership.release('one', [{ campaignId: id, epoch }]);
    expect(await campaigns.row(id)).toMatchObject({ owner: 'one', last_sequence: '5' });
  });

  it('goes on where nobody took its run meanwhile', async () => {
    const id = await campaigns.start();
    const epoch = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
    await expire(id);
    expect(await campaigns.ownership.renew('one', [{ campaignId: id, epoch }])).toEqual(new Set([id]));
    expect(await campaigns.ownership.claim(id, 'two')).toBeNull();
  });
});

describe('what a live run had sent beyond its last chunk', () => {
  const record = { nextSlot: 8, sentRequests: 8, missedRequests: 0 };

  /** Paused after five of its requests were stored. */
  async function pause() {
    const id = await campaigns.start({ delivery: 'live', durationMinutes: null });
    const epoch = (await campaigns.ownership.claim(id, 'one'))?.epoch ?? 0;
    await campaigns.writer.write([{ ...toChunk(id, epoch, 0, 5), sentRequests: 5 }]);
    await campaigns.states.change(id, 'paused', 'test');
    return { id, epoch, key: { campaignId: id, epoch } };
  }

  it('counts after a pause, once however often it is written, and is not sent again', async () => {
    const { id, key } = await pause();
    const before = await campaigns.row(id);
    for (let time = 0; time < 2; time++) await campaigns.ownership.settle(key, record);
    expect(await campaigns.row(id)).toEqual({ ...before, next_slot: '8', sent_requests: '8' });
    await campaigns.states.change(id, 'running', 'test');
    expect(await campaigns.ownership.claim(id, 'two')).toMatchObject({
      nextSlot: 8,
      sentRequests: 8,
      missedRequests: 0,
      missed: 0,
    });
  });

  it('counts after a stop too, and a run that is resumed goes on behind it', async () => {
    const { id, epoch } = await pause();
    await campaigns.states.stop(id, 'test');
    // The pause was another change: this worker is the one that had the run before it.
    await campaigns.ownership.settle({ campaignId: id, epoch: epoch + 1 }, record);
    expect(await campaigns.row(id)).toMatchObject({ next_slot: '8', sent_requests: '8' });
    await campaigns.states.resume(id, toPlan(id, { delivery: 'live', durationMinutes: null }), 'test');
    expect(await campaigns.ownership.claim(id, 'two')).toMatchObject({ nextSlot: 8, sentRequests: 8 });
  });

  it("changes nothing while the run is somebody's, after somebody went on with it, or after a purge", async () => {
    const { id, epoch, key } = await pause();
    const expectNothing = async (run: { campaignId: string; epoch: number }) => {
      const before = await campaigns.row(id);
      await campaigns.ownership.settle(run, record);
      expect(await campaigns.row(id)).toEqual(before);
    };
    await campaigns.states.change(id, 'running', 'test');
    await expectNothing(key);
    const next = { campaignId: id, epoch: (await campaigns.ownership.claim(id, 'two'))?.epoch ?? 0 };
    await expectNothing(key);
    await expectNothing(next);
    // Released, it is free for others, who go on from what is stored.
    await campaigns.ownership.release('two', [next]);
    await expectNothing({ campaignId: id, epoch: epoch + 2 });
    await campaigns.states.cleanup(id, true, 'test');
    await expectNothing(next);
  });
});

describe('a lease', () => {
  it('is renewed for its owner under its epoch, and for nobody else', async () => {
    const id = await campaigns.start();
    const owned = await campaigns.ownership.claim(id, 'one');
    const epoch = owned?.epoch ?? 0;
    const { ownership } = campaigns;
    expect(await ownership.renew('one', [{ campaignId: id, epoch }])).toEqual(new Set([id]));
    expect(await ownership.renew('one', [{ campaignId: id, epoch: epoch - 1 }])).toEqual(new Set());
    expect(await ownership.renew('two', [{ campaignId: id, epoch }])).toEqual(new Set());
    await campaigns.states.stop(id, 'test');
    expect(await ownership.renew('one', [{ campaignId: id, epoch }])).toEqual(new Set());
    expect(await ownership.renew('one', [])).toEqual(new Set());
  });
});

describe('runs without an owner', () => {
  it('are found and taken, oldest first, no more than asked for, each by one', async () => {
    const own = await openTestCampaigns();
    const ids: string[] = [];
    for (let index = 0; index < 6; index++) ids.push(await own.start());
    expect((await own.ownership.findOrphans(10)).map(({ campaignId }) => campaignId)).toEqual(ids);
    const first = await own.ownership.claimOrphans('one', 2);
    expect(first.map(({ campaignId }) => campaignId).toSorted()).toEqual(ids.slice(0, 2));
    const rest = await Promise.all(
      ['two', 'three', 'four'].map((name) => own.ownership.claimOrphans(name, 10)),
    );
    const late = await own.ownership.claimOrphans('five', 10);
    const taken = [...rest.flat(), ...late].map(({ campaignId }) => campaignId);
    expect(taken.toSorted()).toEqual(ids.slice(2));
    await own.close();
  });
});

describe('the end of a run', () => {
  it.each([
    ['completed', null],
    ['error', 'The target is not on the list.'],
  ] as const)('as %s is written once, by its owner', async (status, reason) => {
    const id = await campaigns.start();
    const owned = await campaigns.ownership.claim(id, 'one');
    const run = { campaignId: id, epoch: owned?.epoch ?? 0 };
    expect(await campaigns.ownership.end({ ...run, worker: 'two' }, status, reason)).toBe(false);
    expect(await campaigns.ownership.end({ ...run, worker: 'one' }, status, reason)).toBe(true);
    // Asked again it finds its own end, which it does not write again.
    expect(await campaigns.ownership.end({ ...run, worker: 'one' }, status, reason)).toBe(true);
    expect(await campaigns.ownership.end({ ...run, worker: 'two' }, status, reason)).toBe(false);
    expect(await campaigns.row(id)).toMatchObject({
      status,
      error: reason,
      is_generating: false,
      owner: null,
    });
    expect((await campaigns.row(id)).end_time).toBeInstanceOf(Date);
    const changes = await campaigns.ask(
      'SELECT from_status, to_status, changed_by FROM state_changes WHERE campaign_id = $1 ORDER BY id',
      [id],
    );
    expect(changes.slice(1)).toEqual([{ from_status: 'running', to_status: status, changed_by: 'one' }]);
  });
});

describe('a worker', () => {
  it('is seen while it beats, and forgotten when it leaves or falls silent', async () => {
    const presence = { name: 'one', host: 'here', processId: 7, capacity: 10, campaigns: 3 };
    const { ownership } = campaigns;
    await ownership.beat({ ...presence, campaigns: 0 });
    await ownership.beat(presence);
    await ownership.beat({ ...presence, name: 'two' });
    expect(await ownership.listWorkers()).toEqual([presence, { ...presence, name: 'two' }]);
    await campaigns.ask("UPDATE workers SET seen_at = now() - interval '6 s' WHERE name = 'one'");
    expect((await ownership.listWorkers()).map(({ name }) => name)).toEqual(['two']);
    await campaigns.ask("UPDATE workers SET seen_at = now() - interval '11 s' WHERE name = 'one'");
    await ownership.beat({ ...presence, name: 'two' });
    expect(await campaigns.ask('SELECT name FROM workers')).toEqual([{ name: 'two' }]);
    await ownership.leave('two');
    expect(await ownership.listWorkers()).toEqual([]);
  });
});
