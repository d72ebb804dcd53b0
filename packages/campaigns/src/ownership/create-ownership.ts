import type pg from 'pg';
import { toElapsedMs } from '../run-time.ts';
import { CLAIM, CLAIM_ORPHANS, type ClaimRow, FIND_ORPHANS, toOwnedRun } from './claim-statement.ts';
import type { Ownership, OwnershipOptions, RunKey, WorkerPresence } from './ownership.ts';

const LEASE_MS = 3000;
/** Any fixed number will do: who looks for runs without an owner takes this lock. */
const RECONCILER_LOCK = 7_290_416_590;

/** Locked in the order of their ids, as the chunk writer does. $1 worker, $2 ids, $3 epochs. */
const OWN = `
WITH own AS (
  SELECT campaigns.id FROM campaigns JOIN unnest($2::text[], $3::bigint[]) AS named (id, epoch) ON named.id = campaigns.id
  WHERE campaigns.epoch = named.epoch AND owner = $1 AND is_generating AND status = 'running'
  ORDER BY campaigns.id
  FOR NO KEY UPDATE OF campaigns
)`;
const RENEW = `${OWN}
UPDATE campaigns SET lease_until = clock_timestamp() + $4 * interval '1 millisecond'
FROM own WHERE campaigns.id = own.id RETURNING campaigns.id`;
const RELEASE = `${OWN}
UPDATE campaigns SET owner = NULL, lease_until = NULL FROM own WHERE campaigns.id = own.id`;

/** The one change of state after the claim, and before anybody claims again: chunks of the claim are fenced by it. */
const SETTLE = `
UPDATE campaigns SET
  next_slot = greatest(next_slot, $3),
  sent_requests = greatest(sent_requests, $4),
  missed_requests = greatest(missed_requests, $5)
WHERE id = $1 AND epoch = $2::bigint + 1 AND owner IS NULL AND (status <> 'running' OR NOT is_generating)`;

const END = `
WITH ended AS (
  UPDATE campaigns SET
    status = $4, is_generating = false, epoch = epoch + 1, owner = NULL, lease_until = NULL, running_since = NULL,
    elapsed_ms = ${toElapsedMs('campaigns')},
    end_time = clock_timestamp(), updated_at = clock_timestamp(), error = $5
  WHERE id = $1 AND epoch = $2 AND owner = $3 AND status = 'running' AND is_generating
  RETURNING id, epoch
)
INSERT INTO state_changes (campaign_id, from_status, to_status, epoch, changed_by)
SELECT id, 'running', $4, epoch, $3 FROM ended RETURNING id`;
/** An end whose answer was lost is found by what it left in the history. */
const FIND_END = `
SELECT FROM state_changes WHERE campaign_id = $1 AND epoch = $2::bigint + 1 AND changed_by = $3 AND to_status = $4`;

const BEAT = `
INSERT INTO workers (name, host, process_id, capacity, campaigns) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (name) DO UPDATE SET host = $2, process_id = $3, capacity = $4, campaigns = $5, seen_at = clock_timestamp(),
  started_at = CASE WHEN workers.process_id = $3 AND workers.host = $2 THEN workers.started_at ELSE clock_timestamp() END`;
const FORGET = `DELETE FROM workers WHERE seen_at < clock_timestamp() - interval '10 seconds'`;
const LIST = `
SELECT name, host, process_id, capacity, campaigns FROM workers
WHERE seen_at > clock_timestamp() - interval '5 seconds' ORDER BY name`;

export function createOwnership(pool: pg.Pool, { leaseMs = LEASE_MS }: OwnershipOptions = {}): Ownership {
  const keys = (runs: readonly RunKey[]) => [
    runs.map(({ campaignId }) => campaignId),
    runs.map(({ epoch }) => epoch),
  ];
  return {
    async claim(campaignId, worker) {
      const { rows } = await pool.query<ClaimRow>(CLAIM, [worker, leaseMs, campaignId]);
      return rows[0] === undefined ? null : toOwnedRun(rows[0]);
    },
    async claimOrphans(worker, limit) {
      const { rows } = await pool.query<ClaimRow>(CLAIM_ORPHANS, [worker, leaseMs, limit, RECONCILER_LOCK]);
      return rows.map(toOwnedRun);
    },
    async findOrphans(limit) {
      const { rows } = await pool.query<{ id: string; run: number; epoch: string }>(FIND_ORPHANS, [limit]);
      return rows.map(({ id, run, epoch }) => ({ campaignId: id, run, epoch: Number(epoch) }));
    },
    async renew(worker, runs) {
      const { rows } = await pool.query<{ id: string }>(RENEW, [worker, ...keys(runs), leaseMs]);
      return new Set(rows.map(({ id }) => id));
    },
    async release(worker, runs) {
      await pool.query(RELEASE, [worker, ...keys(runs)]);
    },
    async settle({ campaignId, epoch }, { nextSlot, sentRequests, missedRequests }) {
      await pool.query(SETTLE, [campaignId, epoch, nextSlot, sentRequests, missedRequests]);
    },
    async end({ campaignId, epoch, worker }, status, reason) {
      const { rowCount } = await pool.query(END, [campaignId, epoch, worker, status, reason]);
      if (rowCount === 1) return true;
      return (await pool.query(FIND_END, [campaignId, epoch, worker, status])).rowCount === 1;
    },
    async beat({ name, host, processId, capacity, campaigns }) {
      await pool.query(BEAT, [name, host, processId, capacity, campaigns]);
      await pool.query(FORGET);
    },
    async leave(worker) {
      await pool.query('DELETE FROM workers WHERE name = $1', [worker]);
    },
    async listWorkers() {
      const { rows } = await pool.query<Omit<WorkerPresence, 'processId'> & { process_id: number }>(LIST);
      return rows.map(({ process_id, ...row }) => ({ ...row, processId: process_id }));
    },
  };
}
