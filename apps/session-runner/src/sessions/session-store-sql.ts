/** The statements of `session-store-postgres.ts`. */

const COLUMNS = `id, user_id, search_keyword, target_domain, status, thread_count, driver, runner, created_at, updated_at`;

export const CREATE = `
WITH session AS (
  INSERT INTO sessions (${COLUMNS})
  VALUES ($1, $2, $3, $4, 'started', $5, $6, $7, $8, $8)
  RETURNING id, thread_count
)
INSERT INTO journeys (session_id, journey)
SELECT id, generate_series(1, thread_count) FROM session`;

/**
 * Everything of a batch in one statement, which is stored whole or not at all. Only what belongs to sessions that are
 * started is written, and their rows stay locked meanwhile: whoever ends one at the same moment comes before or after.
 */
export const WRITE = `
WITH told AS (
  SELECT * FROM jsonb_to_recordset($1) AS told(id text, status text, reason text, at timestamptz)
), live AS MATERIALIZED (
  SELECT sessions.id FROM sessions
  WHERE sessions.id = ANY (SELECT told.id FROM told) AND sessions.status = 'started'
  ORDER BY sessions.id FOR NO KEY UPDATE
), started_or_ended AS (
  UPDATE journeys SET
    started_at = COALESCE(journeys.started_at, new.started_at),
    ended_at = COALESCE(new.ended_at, CASE WHEN told.status IS NOT NULL THEN told.at END),
    status = COALESCE(new.status, CASE WHEN told.status IS NOT NULL THEN 'failed' END),
    reason = COALESCE(new.reason, CASE WHEN told.status IS NOT NULL AND new.status IS NULL THEN told.reason END)
  FROM live
  JOIN told ON told.id = live.id
  JOIN journeys AS old ON old.session_id = live.id
  LEFT JOIN jsonb_to_recordset($2) AS new(
    session_id text, journey integer, started_at timestamptz, ended_at timestamptz, status text, reason text
  ) ON new.session_id = old.session_id AND new.journey = old.journey
  WHERE journeys.session_id = old.session_id AND journeys.journey = old.journey AND journeys.status IS NULL
    AND (new.journey IS NOT NULL OR told.status IS NOT NULL)
), stepped AS (
  INSERT INTO journey_steps (
    session_id, journey, number, action, url, outcome, status, started_at_ms, duration_ms, bytes, matches, note
  )
  SELECT step.* FROM jsonb_to_recordset($3) AS step(
    session_id text, journey integer, number integer, action text, url text, outcome text, status integer,
    started_at_ms double precision, duration_ms double precision, bytes bigint, matches integer, note text
  )
  JOIN live ON live.id = step.session_id
  ON CONFLICT DO NOTHING
)
UPDATE sessions SET
  status = COALESCE(told.status, sessions.status),
  updated_at = GREATEST(sessions.updated_at, told.at)
FROM told JOIN live ON live.id = told.id
WHERE sessions.id = live.id`;

export const FIND = `SELECT ${COLUMNS} FROM sessions WHERE id = $1`;

export const LIST_JOURNEYS = `
SELECT journey, started_at, ended_at, status, reason FROM journeys WHERE session_id = $1 ORDER BY journey`;

export const LIST_STEPS = `
SELECT journey, number, action, url, outcome, status, started_at_ms, duration_ms, bytes, matches, note
FROM journey_steps WHERE session_id = $1 ORDER BY journey, number`;

export const LIST_BY_USER = `
SELECT ${COLUMNS} FROM sessions WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`;

export const LIST_ACTIVE = `
SELECT ${COLUMNS}, running, completed FROM sessions
CROSS JOIN LATERAL (
  SELECT
    (count(*) FILTER (WHERE journeys.started_at IS NOT NULL AND journeys.status IS NULL))::int AS running,
    (count(*) FILTER (WHERE journeys.status IS NOT NULL))::int AS completed
  FROM journeys WHERE journeys.session_id = sessions.id
) AS progress
WHERE user_id = $1 AND status = 'started' ORDER BY created_at, id`;

export const COUNT_ELSEWHERE = `
SELECT count(*)::int AS count FROM sessions WHERE status = 'started' AND runner <> $1`;

export const LIST_STARTED = `SELECT id FROM sessions WHERE runner = $1 AND status = 'started'`;

/**
 * The row itself keeps whether it was given up until this beat: a sweep that waits for its lock comes before or after.
 * Leases that nobody has renewed for a day are of runners that were killed, and go with the next beat of any.
 */
export const RENEW_LEASE = `
WITH forgotten AS (
  DELETE FROM runner_leases WHERE runner <> $1 AND renewed_at < now() - interval '1 day'
)
INSERT INTO runner_leases (runner, beat, given_up, was_given_up, renewed_at) VALUES ($1, 1, false, false, now())
ON CONFLICT (runner) DO UPDATE SET
  beat = runner_leases.beat + 1, was_given_up = runner_leases.given_up, given_up = false, renewed_at = now()
RETURNING was_given_up`;

export const DROP_LEASE = 'DELETE FROM runner_leases WHERE runner = $1';

export const LIST_OWNERS = `
SELECT started.runner, COALESCE(runner_leases.beat, 0) AS beat
FROM (SELECT DISTINCT runner FROM sessions WHERE status = 'started') AS started
LEFT JOIN runner_leases USING (runner)`;

/** The lease is marked first, and stays locked: a runner that renews it meanwhile learns afterwards that it was given up. */
export const FAIL_ABANDONED = `
WITH given_up AS (
  INSERT INTO runner_leases (runner, beat, given_up, was_given_up, renewed_at) VALUES ($1, $2, true, false, now())
  ON CONFLICT (runner) DO UPDATE SET given_up = true WHERE runner_leases.beat = $2
  RETURNING runner
), abandoned AS MATERIALIZED (
  SELECT id FROM sessions WHERE runner = (SELECT runner FROM given_up) AND status = 'started'
  ORDER BY id FOR NO KEY UPDATE
), ended AS (
  UPDATE journeys SET status = 'failed', reason = $3, ended_at = now()
  FROM abandoned WHERE session_id = abandoned.id AND journeys.status IS NULL
)
UPDATE sessions SET status = 'failed', updated_at = now()
FROM abandoned WHERE sessions.id = abandoned.id RETURNING sessions.id, user_id, thread_count`;
