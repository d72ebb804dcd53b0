/** A campaign's sequence is 1…N, dense, unique. */
import { type CampaignRecord, entriesOf } from './record.ts';
import { createFindings, type Violation } from './violation.ts';

export function checkDense(record: CampaignRecord): Violation[] {
  const findings = createFindings('dense', record.id);
  let before = 0;
  for (const { first, last, entries } of record.chunks) {
    if (first !== before + 1) findings.add(`A chunk begins at ${first}, after ${before}.`);
    if (entries.length !== last - first + 1)
      findings.add(`The chunk ${first}–${last} holds ${entries.length} entries.`);
    const misplaced = entries.findIndex(({ sequence }, index) => sequence !== first + index);
    if (misplaced >= 0)
      findings.add(
        `The chunk ${first}–${last} holds ${entries[misplaced]?.sequence} at place ${misplaced + 1}.`,
      );
    before = last;
  }
  findings.expectEqual('The last sequence', record.lastSequence, before);
  const ids = entriesOf(record).map(({ id }) => id);
  const double = ids.length - new Set(ids).size;
  if (double > 0) findings.add(`${double} of ${ids.length} ids are there twice.`);
  return findings.violations;
}
