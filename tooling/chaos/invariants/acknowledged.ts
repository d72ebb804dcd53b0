/** What was acknowledged is stored, also what was only read. */
import type { CampaignRecord } from './record.ts';
import { createFindings, type Violation } from './violation.ts';

/** What one campaign's asker was told. */
export interface Acknowledged {
  readonly campaignId: string;
  /** Changes of state, in their order. */
  readonly statuses: readonly string[];
  /** How many runs were begun. */
  readonly runs: number;
  /** The highest number of entries that an answer gave, since the last purge. */
  readonly entries: number;
}

export function checkAcknowledged(
  acknowledged: Acknowledged,
  record: CampaignRecord | undefined,
): Violation[] {
  const { campaignId, statuses, runs, entries } = acknowledged;
  const findings = createFindings('acknowledged', campaignId);
  if (record === undefined) {
    findings.add('It was created, and is not there.');
    return findings.violations;
  }
  let place = 0;
  for (const status of statuses) {
    const found = record.changes.findIndex(({ to }, index) => index >= place && to === status);
    if (found < 0) {
      const history = record.changes.map(({ to }) => to).join(', ');
      findings.add(`It was told to be ${statuses.join(', ')}; its history is ${history}.`);
      break;
    }
    place = found + 1;
  }
  if (record.run < runs) findings.add(`${runs} runs were begun, and ${record.run} are known.`);
  if (record.lastSequence < entries)
    findings.add(`${entries} entries were there once, and now there are ${record.lastSequence}.`);
  return findings.violations;
}
