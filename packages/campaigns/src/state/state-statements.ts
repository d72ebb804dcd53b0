// The statements behind changes of state. Each names the epoch that it was decided on and hits no other: since every
// change raises the epoch, the status that was read with it is the status that is left.
import { toFrozenMs } from '../run-time.ts';

export const FIND_STATE = `
SELECT status, is_generating, epoch, updated_at, elapsed_ms, run_rate, next_slot
FROM campaigns WHERE id = $1`;

/**
 * $1 campaign, $2 epoch, $3 old and $4 new status, $5 effect on the run, $6 by whom, $7 and $8 whether start and end time
 * are set.
 */
export const CHANGE = `
WITH changed AS (
  UPDATE campaigns SET
    status = $4,
    epoch = epoch + 1,
    is_generating = is_generating AND $5 <> 'end',
    owner = NULL,
    lease_until = NULL,
    elapsed_ms = ${toFrozenMs('campaigns')},
    running_since = NULL,
    start_time = CASE WHEN $7 THEN clock_timestamp() ELSE start_time END,
    end_time = CASE WHEN $8 THEN clock_timestamp() WHEN $4 = 'running' THEN NULL ELSE end_time END,
    error = NULL,
    updated_at = clock_timestamp()
  WHERE id = $1 AND epoch = $2
  RETURNING id, epoch, run, updated_at
), noted AS (
  INSERT INTO state_changes (campaign_id, from_status, to_status, epoch, changed_by)
  SELECT id, $3, $4, epoch, $6 FROM changed
)
SELECT epoch, run, updated_at FROM changed`;

/** $1 campaign, $2 plan, $3 rate, $4 slots, $5 lag. */
export const START = `
UPDATE campaigns SET
  is_generating = true, run = run + 1, epoch = epoch + 1, thread_id = gen_random_uuid(), plan = $2,
  run_rate = $3, run_slots = $4, run_lag_ms = $5, elapsed_ms = 0, running_since = NULL, next_slot = 0,
  run_first_sequence = last_sequence + 1, owner = NULL, lease_until = NULL, end_time = NULL, error = NULL,
  updated_at = clock_timestamp()
WHERE id = $1 AND status = 'running' AND NOT is_generating
RETURNING run, epoch, thread_id`;

/** $1 campaign, $2 epoch, $3 old status, $4 plan, $5 rate, $6 slots, $7 lag, $8 next slot, $9 by whom. The time it has had stays. */
export const RESUME = `
WITH resumed AS (
  UPDATE campaigns SET
    status = 'running', is_generating = true, run = run + 1, epoch = epoch + 1, thread_id = gen_random_uuid(),
    plan = $4, run_rate = $5, run_slots = $6, run_lag_ms = $7, running_since = NULL, next_slot = $8,
    owner = NULL, lease_until = NULL, end_time = NULL, error = NULL, updated_at = clock_timestamp()
  WHERE id = $1 AND epoch = $2 AND NOT is_generating
  RETURNING id, run, epoch, thread_id
), noted AS (
  INSERT INTO state_changes (campaign_id, from_status, to_status, epoch, changed_by)
  SELECT id, $3, 'running', epoch, $9 FROM resumed
)
SELECT run, epoch, thread_id FROM resumed`;

/** Statistics of a campaign that does not generate; the epoch shuts out whoever still holds an older one. */
export const EMPTY = `
UPDATE campaigns SET
  epoch = epoch + 1, last_sequence = 0, successful_requests = 0, response_time_us = 0, first_entry_at = NULL,
  last_entry_at = NULL, last_entry = NULL, missed_requests = 0, sent_requests = 0, run_first_sequence = 1,
  updated_at = clock_timestamp()
WHERE id = $1 AND NOT is_generating`;
/** Statements of their own after it, so that they see what a writer stored while the first one waited for it. */
export const EMPTY_CHUNKS = 'DELETE FROM chunks WHERE campaign_id = $1';
export const EMPTY_VALUES = 'DELETE FROM campaign_values WHERE campaign_id = $1';

/** A writer that waits for the row finds none, and writes nothing. */
export const REMOVE = 'DELETE FROM campaigns WHERE id = $1';
