/**
 * The time that a run has had, in SQL: on the server's clock alone, so that no worker's matters. `row` names a row of
 * campaigns, and `at` the moment, if it was taken before.
 */

/** Milliseconds. A clock that was set back takes nothing away. */
export function toElapsedMs(row: string, at = 'clock_timestamp()'): string {
  const passed = `extract(epoch FROM ${at} - ${row}.running_since) * 1000`;
  return `(${row}.elapsed_ms + greatest(0, coalesce(${passed}, 0))::float8)`;
}

/**
 * What a pause or an end leaves of it. While somebody owns the run that is the time of the first slot that is not stored:
 * what was under way is made again afterwards, and nothing is lost. Where its worker is dead, time has really gone by, and
 * the next claim counts what was missed in it.
 */
export function toFrozenMs(row: string): string {
  const elapsed = toElapsedMs(row);
  return `CASE WHEN ${row}.lease_until > clock_timestamp()
    THEN least(${elapsed}, ${row}.next_slot * 60000 / ${row}.run_rate) ELSE ${elapsed} END`;
}
