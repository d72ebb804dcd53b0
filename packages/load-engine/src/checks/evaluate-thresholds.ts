/** Judges thresholds by the figures of a run, at its end and while it goes on. */
import { measure } from './measure-threshold.ts';
import { isMet } from './parse-expression.ts';
import type { Threshold } from './threshold.ts';
import type { ThresholdResult } from './threshold-result.ts';
import type { ThresholdSource } from './threshold-source.ts';

/** `elapsedMs` is how long the run took, or has taken so far. What has no data has not passed. */
export function evaluateThresholds(
  thresholds: readonly Threshold[],
  source: ThresholdSource,
  elapsedMs: number,
): ThresholdResult[] {
  return thresholds.map((threshold) => evaluate(threshold, source, elapsedMs));
}

function evaluate(threshold: Threshold, source: ThresholdSource, elapsedMs: number): ThresholdResult {
  const observed = measure(threshold, source, elapsedMs / 1000);
  const outcome = observed === null ? 'no-data' : isMet(threshold, observed) ? 'passed' : 'failed';
  return { metric: threshold.metric, expression: threshold.text, outcome, observed, aborted: false };
}

/** Looks at a run while it goes on, and says when it is to end; afterwards it has the results. */
export class ThresholdWatch {
  readonly #thresholds: readonly Threshold[];
  #aborted: { readonly threshold: Threshold; readonly result: ThresholdResult } | null = null;

  constructor(thresholds: readonly Threshold[]) {
    this.#thresholds = thresholds;
  }

  /** Why the run is to end now, as a sentence; null while it may go on. */
  look(source: ThresholdSource, elapsedMs: number): string | null {
    if (this.#aborted !== null) return null;
    for (const threshold of this.#thresholds) {
      if (!threshold.abortOnFail || elapsedMs < threshold.delayAbortEvalMs || mayStillPass(threshold))
        continue;
      const result = evaluate(threshold, source, elapsedMs);
      if (result.outcome !== 'failed') continue;
      this.#aborted = { threshold, result: { ...result, aborted: true } };
      return `Aborted: ${describeResult(result)}.`;
    }
    return null;
  }

  /** The one that ended the run stays failed, whatever came in afterwards. */
  results(source: ThresholdSource, elapsedMs: number): ThresholdResult[] {
    return this.#thresholds.map((threshold) => {
      if (this.#aborted?.threshold === threshold) return this.#aborted.result;
      return evaluate(threshold, source, elapsedMs);
    });
  }
}

/** A count only grows: that it is still too low says nothing before the end. */
function mayStillPass({ aggregate, operator }: Threshold): boolean {
  return aggregate.of === 'count' && (operator === '>' || operator === '>=' || operator === '==');
}

/** `http_req_duration{step:login}: p(95)<300, was 412` */
export function describeResult({ metric, expression, observed }: ThresholdResult): string {
  const was = observed === null ? 'nothing was measured' : `was ${Number(observed.toPrecision(4))}`;
  return `${metric}: ${expression}, ${was}`;
}
