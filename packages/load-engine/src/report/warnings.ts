/** Sentences about what a reader must know before trusting the figures. */
import type { Recorder } from '../record/recorder.ts';
import { formatCount, formatMs, formatPercent } from './format.ts';
import type { RunFacts } from './summary.ts';

const BUSY_LOOP = 0.95;
const LATE_LOOP_MS = 20;

export function listWarnings(recorder: Recorder, facts: RunFacts, isOnCallersLoop: boolean): string[] {
  const warnings: string[] = [];
  const { utilization, loopDelayP99Ms, threads } = facts.generator;
  if (recorder.steps.every((step) => step.outcomes.length === 0)) warnings.push('No request was finished.');
  if (isOnCallersLoop) {
    warnings.push(
      "The scenario was given as an object, so it ran on the caller's event loop, in one thread.",
    );
  }
  if (utilization > BUSY_LOOP) {
    warnings.push(
      `The generator was busy ${formatPercent(utilization)} of the time on ${threads === 1 ? 'its one thread' : `the busiest of ${threads} threads`}: the server may be able to do more than was measured.`,
    );
  }
  if (loopDelayP99Ms > LATE_LOOP_MS) {
    warnings.push(
      `The generator's event loop was up to ${formatMs(loopDelayP99Ms)} ms late (99 %): response times may contain as much of its own delay.`,
    );
  }
  const { connectionWaits, connectionWaitMaxMs } = facts.generator;
  if (connectionWaits > 0) {
    warnings.push(
      `${formatCount(connectionWaits)} requests waited for a connection, up to ${formatMs(connectionWaitMaxMs)} ms, since maxConnections allows no more: that is in their response times, not in their service times.`,
    );
  }
  return warnings;
}
