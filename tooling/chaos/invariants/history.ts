/**
 * The history of states is a path of the transition table. The table stands here a second time, as the contract has it: a
 * check that borrowed the product's own would find nothing wrong with it.
 */
import type { CampaignRecord } from './record.ts';
import { createFindings, type Violation } from './violation.ts';

const TABLE: Readonly<Record<string, readonly string[]>> = {
  draft: ['running', 'stopped', 'error'],
  running: ['paused', 'completed', 'stopped', 'error'],
  paused: ['running', 'completed', 'stopped', 'error'],
  stopped: ['draft', 'running', 'completed', 'error'],
  completed: ['draft', 'running'],
  error: ['draft', 'running', 'stopped'],
};

export function checkHistory(record: CampaignRecord): Violation[] {
  const findings = createFindings('history', record.id);
  let status = 'draft';
  let epoch = 0;
  for (const change of record.changes) {
    if (change.from !== status)
      findings.add(`The history goes on from ${change.from}, but it was ${status}.`);
    if (TABLE[change.from]?.includes(change.to) !== true)
      findings.add(`The history goes from ${change.from} to ${change.to}.`);
    if (change.epoch <= epoch) findings.add(`Epoch ${change.epoch} of the history follows epoch ${epoch}.`);
    status = change.to;
    epoch = change.epoch;
  }
  findings.expectEqual('The status', record.status, status);
  if (record.epoch < epoch)
    findings.add(`The campaign's epoch ${record.epoch} is below ${epoch} of its history.`);
  return findings.violations;
}
