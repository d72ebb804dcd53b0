/** The peer's table: the same entries as JSON, compressed by the server where it can, as they were stored at first. */
import { type Chunk, unpackEntries } from '@trafficflux/campaigns';

export const CREATE_JSON_CHUNKS = `
CREATE TABLE IF NOT EXISTS json_chunks (
  campaign_id text NOT NULL,
  last_sequence bigint NOT NULL,
  first_sequence bigint NOT NULL,
  epoch bigint NOT NULL,
  bytes integer NOT NULL,
  entries json NOT NULL,
  PRIMARY KEY (campaign_id, last_sequence)
);
DO $$
BEGIN
  ALTER TABLE json_chunks ALTER COLUMN entries SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
  ALTER TABLE json_chunks ALTER COLUMN entries SET STORAGE EXTERNAL;
END
$$;`;

/** A line of COPY FROM. */
export function toJsonLine(chunk: Chunk): Buffer {
  return toCopyLine(chunk, String(unpackEntries(chunk.entries)).replaceAll('\\', '\\\\'));
}

export function toCopyLine(chunk: Chunk, entries: string): Buffer {
  const { campaignId, lastSequence, firstSequence, epoch } = chunk;
  const fields = [campaignId, lastSequence, firstSequence, epoch, chunk.entries.bytes, entries];
  return Buffer.from(`${fields.join('\t')}\n`);
}
