// The statements that take a run: the epoch, the lease, the clock and what was missed change together or not at all.

import { SLOT_ROUNDING } from '../pacing.ts';
import type { RunPlan } from '../plan.ts';
import { toElapsedMs } from '../run-time.ts';
import type { OwnedRun } from './ownership.ts';

/**
 * What a claim does to the row. A simulated request is over the longest latency after its slot: a slot of which that is
 * still to come is not missed, whoever had begun it. Everything is measured on the server's clock, after any wait for a lock.
 */
const TAKE = `
UPDATE campaigns SET
  epoch = campaigns.epoch + 1,
  owner = $1,
  lease_until = claimed.at + $2 * interval '1 millisecond',
  running_since = coalesce(campaigns.running_since, claimed.at),
  next_slot = claimed.first_slot,
  missed_requests = campaigns.missed_requests + claimed.first_slot - campaigns.next_slot
FROM claimed
WHERE campaigns.id = claimed.id
RETURNING campaigns.id, campaigns.run, campaigns.epoch, campaigns.plan, campaigns.run_slots, claimed.elapsed_ms,
  extract(epoch FROM claimed.at) * 1000 AS server_time, campaigns.next_slot, campaigns.last_sequence,
  campaigns.successful_requests, campaigns.sent_requests, campaigns.missed_requests, claimed.first_slot - claimed.old_slot AS missed, claimed.is_take_over,
  campaigns.last_sequence - campaigns.run_first_sequence + 1 AS run_requests`;

const FREE = `is_generating AND status = 'running' AND (lease_until IS NULL OR lease_until <= clock_timestamp())`;

/** `free` are rows that are locked; from them, `claimed` has what the claim makes of each. */
const CLAIMED = `
timed AS (
  SELECT free.*, ${toElapsedMs('free', 'free.at')} AS now_ms FROM free
), claimed AS (
  SELECT id, at, now_ms AS elapsed_ms, next_slot AS old_slot, running_since IS NOT NULL AS is_take_over,
    greatest(next_slot, least(ceil((now_ms - run_lag_ms) * run_rate / 60000 - ${SLOT_ROUNDING})::bigint, run_slots)) AS first_slot
  FROM timed
)`;

/** $1 worker, $2 lease in milliseconds, $3 campaign. */
export const CLAIM = `
WITH free AS (
  SELECT *, clock_timestamp() AS at FROM campaigns WHERE id = $3 AND ${FREE} FOR NO KEY UPDATE SKIP LOCKED
), ${CLAIMED} ${TAKE}`;

/** $1 worker, $2 lease in milliseconds, $3 how many, $4 the lock that only one holds at a time. */
export const CLAIM_ORPHANS = `
WITH turn AS MATERIALIZED (
  SELECT pg_try_advisory_xact_lock($4) AS is_mine
), free AS (
  SELECT campaigns.*, clock_timestamp() AS at FROM campaigns, turn
  WHERE turn.is_mine AND ${FREE}
  ORDER BY campaigns.number LIMIT $3
  FOR NO KEY UPDATE OF campaigns SKIP LOCKED
), ${CLAIMED} ${TAKE}`;

export const FIND_ORPHANS = `
SELECT id, run, epoch FROM campaigns WHERE ${FREE} ORDER BY number LIMIT $1`;

export interface ClaimRow {
  id: string;
  run: number;
  epoch: string;
  plan: RunPlan;
  run_slots: string | null;
  elapsed_ms: number;
  server_time: string;
  next_slot: string;
  last_sequence: string;
  successful_requests: string;
  sent_requests: string;
  missed_requests: string;
  missed: string;
  is_take_over: boolean;
  run_requests: string;
}

export function toOwnedRun(row: ClaimRow): OwnedRun {
  return {
    campaignId: row.id,
    run: row.run,
    epoch: Number(row.epoch),
    plan: row.plan,
    slots: row.run_slots === null ? null : Number(row.run_slots),
    elapsedMs: Number(row.elapsed_ms),
    serverTime: Number(row.server_time),
    nextSlot: Number(row.next_slot),
    lastSequence: Number(row.last_sequence),
    successfulRequests: Number(row.successful_requests),
    sentRequests: Number(row.sent_requests),
    missedRequests: Number(row.missed_requests),
    missed: Number(row.missed),
    isTakeOver: row.is_take_over,
    runRequests: Number(row.run_requests),
  };
}
