/** The figures that thresholds judge, of a run that is over or still going on: what `Recorder` holds. */
import type { CustomMetrics } from '../record/custom-metrics.ts';
import type { Histogram } from '../record/histogram.ts';
import type { Tags } from '../record/step-recorder.ts';

export interface ThresholdSource {
  readonly steps: readonly MeasuredStep[];
  readonly iterations: number;
  readonly iterationTimes: Histogram;
  readonly starts: { readonly dropped: number };
  readonly metrics: CustomMetrics;
}

export interface MeasuredStep {
  readonly name: string;
  readonly tags: Tags;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly outcomes: readonly MeasuredOutcome[];
}

export interface MeasuredOutcome {
  readonly status: number;
  readonly failed: boolean;
  readonly times: Histogram;
  readonly service: Histogram;
}
