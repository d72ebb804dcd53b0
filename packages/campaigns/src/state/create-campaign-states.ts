// Decides on the row as it was read, and writes only if it still is: whoever was overtaken reads again.
import type pg from 'pg';
import { countSlots, firstSlotAt, slotTimeMs } from '../pacing.ts';
import type { RunPlan } from '../plan.ts';
import { type CampaignStatus, type Transition, transition } from '../status.ts';
import type { CampaignStates, StartOutcome, StateChange, StateOutcome } from './campaign-states.ts';
import {
  CHANGE,
  EMPTY,
  EMPTY_CHUNKS,
  EMPTY_VALUES,
  FIND_STATE,
  REMOVE,
  RESUME,
  START,
} from './state-statements.ts';

interface StateRow {
  status: CampaignStatus;
  is_generating: boolean;
  epoch: string;
  updated_at: Date;
  elapsed_ms: number;
  run_rate: number | null;
  next_slot: string;
}

type Change = Extract<Transition, { kind: 'change' }>;

/** To be overtaken this often in a row is no race any more. */
const MAX_TRIES = 50;

export function createCampaignStates(pool: pg.Pool): CampaignStates {
  const change = (id: string, to: CampaignStatus, changedBy: string) =>
    decide(pool, id, async (row): Promise<StateOutcome | undefined> => {
      const { status } = row;
      const asked = transition({ status, isGenerating: row.is_generating }, to);
      if (asked.kind === 'none') return { kind: 'unchanged', status, at: row.updated_at };
      if (asked.kind === 'already-generating') return { kind: 'already-generating', status };
      if (asked.kind === 'refused') return { kind: 'refused', status, allowed: asked.allowed };
      const done = await apply(pool, id, row, asked, changedBy);
      return done && { kind: 'changed', change: done };
    });
  return {
    change: async (id, to, changedBy) => (await change(id, to, changedBy)) ?? { kind: 'not-found' },
    start: (id, plan) => start(pool, id, plan),
    resume: (id, plan, changedBy) => resume(pool, id, plan, changedBy),
    async stop(id, changedBy) {
      const stopped = await decide(pool, id, async (row) =>
        row.is_generating ? await stop(pool, id, row, changedBy) : null,
      );
      return stopped ?? null;
    },
    async cleanup(id, purge, changedBy) {
      const stopped = await decide(pool, id, async (row) => {
        const isAtRest = row.status === 'completed' || row.status === 'stopped';
        return isAtRest && !row.is_generating ? null : await stop(pool, id, row, changedBy);
      });
      if (purge) await empty(pool, id);
      return stopped ?? null;
    },
    async remove(id) {
      return ((await pool.query(REMOVE, [id])).rowCount ?? 0) > 0;
    },
  };
}

/** Reads the row and tries, until a try was not overtaken (not undefined). Undefined if there is no such campaign. */
async function decide<Result>(
  pool: pg.Pool,
  id: string,
  attempt: (row: StateRow) => Promise<Result | undefined>,
): Promise<Result | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { rows } = await pool.query<StateRow>(FIND_STATE, [id]);
    if (rows[0] === undefined) return undefined;
    const result = await attempt(rows[0]);
    if (result !== undefined) return result;
  }
  throw new Error(`The state of the campaign ${id} changes faster than it can be changed.`);
}

async function apply(
  pool: pg.Pool,
  campaignId: string,
  row: StateRow,
  { from, to, run: effect, setsStartTime, setsEndTime }: Change,
  changedBy: string,
): Promise<StateChange | undefined> {
  const values = [campaignId, row.epoch, from, to, effect, changedBy, setsStartTime, setsEndTime];
  const { rows } = await pool.query<{ epoch: string; run: number; updated_at: Date }>(CHANGE, values);
  const [changed] = rows;
  return (
    changed && {
      campaignId,
      previousStatus: from,
      status: to,
      epoch: Number(changed.epoch),
      run: changed.run,
      effect,
      at: changed.updated_at,
    }
  );
}

/** From any status that may become `stopped`; one that may not does not generate either. */
async function stop(
  pool: pg.Pool,
  id: string,
  row: StateRow,
  changedBy: string,
): Promise<StateChange | null | undefined> {
  const asked = transition({ status: row.status, isGenerating: row.is_generating }, 'stopped');
  return asked.kind === 'change' ? await apply(pool, id, row, asked, changedBy) : null;
}

interface StartRow {
  run: number;
  epoch: string;
  thread_id: string;
}

async function start(pool: pg.Pool, campaignId: string, plan: RunPlan): Promise<StartOutcome> {
  const { requestsPerMinute, durationMinutes } = plan;
  const slots = countSlots(requestsPerMinute, durationMinutes);
  const values = [campaignId, plan, requestsPerMinute, slots, toLagMs(plan)];
  const outcome = await decide(pool, campaignId, async (row): Promise<StartOutcome | undefined> => {
    if (row.is_generating) return { kind: 'already-generating' };
    if (row.status !== 'running') return { kind: 'not-running', status: row.status };
    return toStarted(campaignId, (await pool.query<StartRow>(START, values)).rows[0]);
  });
  return outcome ?? { kind: 'not-found' };
}

/** Goes on in the grid of the run before, or at the same place of another one if the rate is another. */
async function resume(
  pool: pg.Pool,
  campaignId: string,
  plan: RunPlan,
  changedBy: string,
): Promise<StartOutcome | { readonly kind: 'no-time-left' }> {
  const { requestsPerMinute, durationMinutes } = plan;
  type Resumed = StartOutcome | { readonly kind: 'no-time-left' };
  const outcome = await decide(pool, campaignId, async (row): Promise<Resumed | undefined> => {
    if (row.is_generating) return { kind: 'already-generating' };
    if (row.status !== 'stopped' && row.status !== 'error')
      return { kind: 'not-running', status: row.status };
    const slots = countSlots(requestsPerMinute, durationMinutes);
    if (slots !== null && firstSlotAt(row.elapsed_ms, requestsPerMinute) >= slots)
      return { kind: 'no-time-left' };
    const storedMs = row.run_rate === null ? 0 : slotTimeMs(Number(row.next_slot), row.run_rate);
    const values = [
      campaignId,
      row.epoch,
      row.status,
      plan,
      requestsPerMinute,
      slots,
      toLagMs(plan),
      firstSlotAt(storedMs, requestsPerMinute),
      changedBy,
    ];
    return toStarted(campaignId, (await pool.query<StartRow>(RESUME, values)).rows[0]);
  });
  return outcome ?? { kind: 'not-found' };
}

/** A simulated request is over the longest latency after its slot; a live one is missed when its slot is over. */
function toLagMs({ delivery, latencyMs: [, most] }: RunPlan): number {
  return delivery === 'live' ? 0 : most;
}

function toStarted(campaignId: string, row: StartRow | undefined): StartOutcome | undefined {
  if (row === undefined) return undefined;
  const { run, epoch, thread_id: threadId } = row;
  return { kind: 'started', run: { campaignId, run, epoch: Number(epoch), threadId } };
}

async function empty(pool: pg.Pool, id: string): Promise<void> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('BEGIN');
    const { rowCount } = await client.query(EMPTY, [id]);
    if (rowCount === 1) {
      await client.query(EMPTY_CHUNKS, [id]);
      await client.query(EMPTY_VALUES, [id]);
    }
    await client.query('COMMIT');
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release(failure);
  }
}
