// The statement that writes chunks: fence, idempotence and density in one, for any number of campaigns.
import type { Chunk } from './chunk-writer.ts';

/** Parameters before those of the entries. */
const FIXED = 15;

/**
 * Rows are locked in the order of their ids, so that two writers never wait for each other. A chunk hits only if its
 * epoch is the campaign's and its first sequence follows the last one stored; one without entries only if it moves on.
 *
 * Entries come as parameters of their own, and each is named only where it is stored: in an array they would be escaped,
 * and in the rows of a join each would be copied from step to step.
 */
export function toWriteStatement(count: number): string {
  return `
WITH due AS (
  SELECT * FROM unnest(
    $1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
    $7::double precision[], $8::double precision[], $9::bigint[], $10::bigint[], $11::bigint[], $12::integer[]
  ) WITH ORDINALITY AS due (
    id, epoch, first_sequence, last_sequence, successes, response_time_us,
    first_entry_at, last_entry_at, next_slot, sent, missed, bytes, place
  )
), fitting AS (
  SELECT campaigns.id FROM campaigns JOIN due ON due.id = campaigns.id
  WHERE campaigns.epoch = due.epoch
    AND campaigns.last_sequence = due.first_sequence - 1
    AND (due.last_sequence >= due.first_sequence OR campaigns.next_slot < due.next_slot)
  ORDER BY campaigns.id
  FOR NO KEY UPDATE OF campaigns
), hit AS (
  UPDATE campaigns SET
    last_sequence = due.last_sequence,
    next_slot = due.next_slot,
    successful_requests = campaigns.successful_requests + due.successes,
    response_time_us = campaigns.response_time_us + due.response_time_us,
    sent_requests = campaigns.sent_requests + due.sent,
    missed_requests = campaigns.missed_requests + due.missed,
    first_entry_at = CASE WHEN due.last_sequence < due.first_sequence THEN campaigns.first_entry_at
      ELSE least(campaigns.first_entry_at, to_timestamp(due.first_entry_at / 1000)) END,
    last_entry_at = CASE WHEN due.last_sequence < due.first_sequence THEN campaigns.last_entry_at
      ELSE greatest(campaigns.last_entry_at, to_timestamp(due.last_entry_at / 1000)) END,
    last_entry = CASE WHEN due.last_sequence < due.first_sequence THEN campaigns.last_entry
      ELSE ${toValue(count, 1, 'json')} END
  FROM due JOIN fitting ON fitting.id = due.id
  WHERE campaigns.id = due.id
  RETURNING campaigns.id
), stored AS (
  INSERT INTO chunks (campaign_id, first_sequence, last_sequence, epoch, bytes, entries)
  SELECT due.id, due.first_sequence, due.last_sequence, due.epoch, due.bytes, ${toValue(count, 0, 'bytea')}
  FROM due JOIN hit ON hit.id = due.id
  WHERE due.last_sequence >= due.first_sequence
), seen AS (
  INSERT INTO campaign_values (campaign_id, kind, value)
  SELECT seen.id, seen.kind, seen.value
  FROM unnest($13::text[], $14::text[], $15::text[]) AS seen (id, kind, value) JOIN hit ON hit.id = seen.id
  ON CONFLICT DO NOTHING
)
SELECT id FROM hit`;
}

/** The value of a row of `due`: $16 and $17 are the entries and the last entry of the first one, and so on. */
function toValue(count: number, offset: 0 | 1, type: 'bytea' | 'json'): string {
  const cases = Array.from(
    { length: count },
    (_, index) => `WHEN ${index + 1} THEN $${FIXED + 1 + index * 2 + offset}::${type}`,
  );
  return `CASE due.place ${cases.join(' ')} END`;
}

export function toParameters(chunks: readonly Chunk[]): unknown[] {
  const column = (read: (chunk: Chunk) => unknown) => chunks.map(read);
  const values = chunks.flatMap(({ campaignId, newValues }) =>
    newValues.map(({ kind, value }) => [campaignId, kind, value] as const),
  );
  return [
    column(({ campaignId }) => campaignId),
    column(({ epoch }) => epoch),
    column(({ firstSequence }) => firstSequence),
    column(({ lastSequence }) => lastSequence),
    column(({ successfulRequests }) => successfulRequests),
    column(({ responseTimeUs }) => responseTimeUs),
    column(({ firstEntryAt }) => firstEntryAt),
    column(({ lastEntryAt }) => lastEntryAt),
    column(({ nextSlot }) => nextSlot),
    column(({ sentRequests }) => sentRequests),
    column(({ missedRequests }) => missedRequests),
    column(({ entries }) => entries.bytes),
    values.map(([id]) => id),
    values.map(([, kind]) => kind),
    values.map(([, , value]) => value),
    ...chunks.flatMap(({ entries, lastEntry }) => [entries.stored, lastEntry]),
  ];
}
