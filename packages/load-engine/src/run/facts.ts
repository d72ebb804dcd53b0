/** What a run was, from its plan and from how the generator fared. */
import type { StartRecorder } from '../record/start-recorder.ts';
import type { GeneratorSummary, StartsSummary } from '../report/summary.ts';
import type { LoopHealth } from './loop-watch.ts';

/** The worst of the threads, and sums of what adds up. */
export function toGenerator(health: readonly LoopHealth[], threads: number, cores: number): GeneratorSummary {
  const worst = (pick: (one: LoopHealth) => number): number => Math.max(0, ...health.map(pick));
  const sum = (pick: (one: LoopHealth) => number): number => health.reduce((all, one) => all + pick(one), 0);
  return {
    threads,
    utilization: worst((one) => one.utilization),
    loopDelayP99Ms: worst((one) => one.delayP99Ms),
    loopDelayMaxMs: worst((one) => one.delayMaxMs),
    cores,
    gcMs: sum((one) => one.gcMs),
    gcMaxMs: worst((one) => one.gcMaxMs),
    socketsMax: sum((one) => one.socketsMax),
    connectionWaits: sum((one) => one.connectionWaits),
    connectionWaitMaxMs: worst((one) => one.connectionWaitMaxMs),
  };
}

export function toStarts(
  { started, dropped, lateness }: StartRecorder,
  planned: number | null,
): StartsSummary {
  const [p50 = null, p99 = null] = lateness.percentilesUs([50, 99]);
  const toMs = (us: number | null) => (us === null ? null : us / 1000);
  return {
    planned,
    started,
    dropped,
    latenessP50Ms: toMs(p50),
    latenessP99Ms: toMs(p99),
    latenessMaxMs: toMs(lateness.maxUs),
  };
}
