/** Nothing is written after a stop, a pause or a cleanup was acknowledged, and nothing by who has lost the campaign. */
import type { CampaignRecord } from './record.ts';
import { createFindings, type Violation } from './violation.ts';

/** Between an acknowledgement and the next request that may start or continue the campaign. */
export interface Silence {
  readonly campaignId: string;
  readonly after: string;
  /** Unix milliseconds of this machine, which is the database's too. */
  readonly from: number;
  readonly until: number;
}

export function checkSilence(record: CampaignRecord, silences: readonly Silence[]): Violation[] {
  const findings = createFindings('silence', record.id);
  for (const { campaignId, after, from, until } of silences) {
    if (campaignId !== record.id) continue;
    for (const { first, last, committedAt } of record.chunks) {
      if (committedAt <= from || committedAt >= until) continue;
      const late = (committedAt - from).toFixed(1);
      findings.add(`The chunk ${first}–${last} was stored ${late} ms after the ${after} was acknowledged.`);
    }
  }
  checkFences(record, findings.add);
  return findings.violations;
}

/** A chunk of an epoch must be there before any change of a later one; and epochs only rise. */
function checkFences({ chunks, changes }: CampaignRecord, add: (sentence: string) => void): void {
  let epoch = 0;
  for (const chunk of chunks) {
    const name = `The chunk ${chunk.first}–${chunk.last} of epoch ${chunk.epoch}`;
    if (chunk.epoch < epoch) add(`${name} follows one of epoch ${epoch}.`);
    epoch = Math.max(epoch, chunk.epoch);
    const inForce = changes.findLast((change) => change.epoch <= chunk.epoch);
    if (inForce?.to !== 'running')
      add(`${name} belongs to the time in which it was ${inForce?.to ?? 'a draft'}.`);
    const later = changes.find((change) => change.epoch > chunk.epoch);
    if (later !== undefined && chunk.committedAt > later.committedAt)
      add(`${name} was stored after the change to ${later.to} of epoch ${later.epoch}.`);
  }
}
