/** Statistics equal a recount of the entries. */
import { type CampaignRecord, type Entry, entriesOf } from './record.ts';
import { createFindings, type Violation } from './violation.ts';

const KINDS = ['geo_location', 'device_model', 'ad_format'] as const;

export function checkStatistics(record: CampaignRecord): Violation[] {
  const findings = createFindings('statistics', record.id);
  const entries = entriesOf(record);
  const times = entries.map(({ timestamp }) => timestamp).sort();
  findings.expectEqual('The number of entries', record.lastSequence, entries.length);
  findings.expectEqual(
    'The number of successes',
    record.successfulRequests,
    entries.filter(({ success }) => success).length,
  );
  findings.expectEqual('The sum of response times in µs', record.responseTimeUs, sumResponseTimes(entries));
  findings.expectEqual('The first time', record.firstEntryAt, times[0] ?? null);
  findings.expectEqual('The last time', record.lastEntryAt, times.at(-1) ?? null);
  findings.expectEqual('The last entry', record.lastEntry?.id ?? null, entries.at(-1)?.id ?? null);
  findings.expectEqual('The list of values', [...record.values].sort().join(), listValues(entries).join());
  return findings.violations;
}

function sumResponseTimes(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + Math.round(entry.response_time * 1000), 0);
}

function listValues(entries: readonly Entry[]): string[] {
  const values = entries.flatMap((entry) =>
    KINDS.flatMap((kind) => (entry[kind] ? [`${kind}:${entry[kind]}`] : [])),
  );
  return [...new Set(values)].sort();
}
