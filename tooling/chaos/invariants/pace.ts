/** A simulated run keeps its grid: no slot twice, none made up, none in a burst, and what was missed is counted. */
import { type CampaignRecord, type Entry, entriesOf } from './record.ts';
import { createFindings, type Violation } from './violation.ts';

const MS_PER_MINUTE = 60_000;
/** One more than the contract's 2, since timestamps are whole milliseconds. */
const LEAST_TOLERANCE = 3;
const TOLERANCE = 0.01;

export function checkPace(record: CampaignRecord): Violation[] {
  const findings = createFindings('pace', record.id);
  const entries = entriesOf(record);
  const begins = entries.findIndex(({ sequence }) => sequence >= record.runFirstSequence);
  const runs = begins < 0 ? [entries] : [entries.slice(0, begins), entries.slice(begins)];
  const perMs = (record.runRate ?? 0) / MS_PER_MINUTE;
  for (const run of runs) {
    for (const sentence of [findRepeatedSlot(run), findBurst(run, perMs)]) {
      if (sentence !== null) findings.add(sentence);
    }
  }
  checkConservation(record, findings.add);
  return findings.violations;
}

function findRepeatedSlot(run: readonly Entry[]): string | null {
  for (const [index, entry] of run.entries()) {
    const before = run[index - 1];
    if (before !== undefined && entry.slot <= before.slot)
      return `Entry ${entry.sequence} is of slot ${entry.slot}, after one of slot ${before.slot}.`;
  }
  return null;
}

/** The count of a window minus its share, for the window that has the most of all up to each entry: in one pass. */
function findBurst(run: readonly Entry[], perMs: number): string | null {
  const times = run.map(({ timestamp }) => Date.parse(timestamp));
  let begin = 0;
  for (const [index, time] of times.entries()) {
    const expectedSince = (other: number) => (time - (times[other] ?? time)) * perMs;
    if (index - begin < expectedSince(begin)) begin = index;
    const [count, expected] = [index - begin + 1, expectedSince(begin)];
    if (count > 1 + expected + Math.max(LEAST_TOLERANCE, expected * TOLERANCE))
      return `Entries ${begin + 1}–${index + 1} of a run are ${count}; their time has room for ${expected.toFixed(1)}.`;
  }
  return null;
}

/** Of a campaign that ran once: each slot up to the next one is an entry, or counted as missed. */
function checkConservation(record: CampaignRecord, add: (sentence: string) => void): void {
  const { run, lastSequence, missedRequests, nextSlot, runSlots, status, changes } = record;
  const wasPurged = nextSlot > 0 && lastSequence === 0 && missedRequests === 0;
  if (run !== 1 || wasPurged) return;
  if (lastSequence + missedRequests !== nextSlot)
    add(`${lastSequence} entries and ${missedRequests} missed are not the ${nextSlot} slots that are over.`);
  const endedByItself = status === 'completed' && changes.at(-1)?.from === 'running';
  if (endedByItself && runSlots !== nextSlot) add(`It completed after ${nextSlot} of its ${runSlots} slots.`);
}
