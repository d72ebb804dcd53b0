/** What scenario code holds of the metrics that it declares, typed by their kinds. */
import type { MetricKinds } from '../checks/thresholds.ts';
import type { MetricKind } from '../record/metric-series.ts';
import type { Tags } from '../record/step-recorder.ts';

export interface Counter {
  /** 0 or more (default 1). */
  add(value?: number, tags?: Tags): void;
}

export interface Gauge {
  add(value: number, tags?: Tags): void;
}

export interface Rate {
  /** Whether it was a hit: true, or any number but 0. */
  add(value: boolean | number, tags?: Tags): void;
}

export interface Trend {
  add(value: number, tags?: Tags): void;
}

interface Handles {
  readonly counter: Counter;
  readonly gauge: Gauge;
  readonly rate: Rate;
  readonly trend: Trend;
}

export type MetricHandles<Metrics extends MetricKinds> = {
  readonly [Name in keyof Metrics]: Handles[Metrics[Name]];
};

/** Of a scenario that declares none. */
export type NoMetrics = Readonly<Record<never, never>>;

/** One handle for each metric; `count` is told of every value. */
export function createHandles(
  metrics: MetricKinds,
  count: (name: string, kind: MetricKind, value: number, tags: Tags | undefined) => void,
): Readonly<Record<string, Counter & Rate>> {
  const handles = Object.entries(metrics).map(([name, kind]) => {
    const add = (value: boolean | number | undefined, tags?: Tags): void => {
      count(name, kind, toNumber(value, kind), tags);
    };
    return [name, { add }] as const;
  });
  return Object.fromEntries(handles);
}

function toNumber(value: boolean | number | undefined, kind: MetricKind): number {
  if (kind === 'counter' && value === undefined) return 1;
  if (kind === 'rate' && typeof value === 'boolean') return value ? 1 : 0;
  // What is no number is refused where it is counted, in a sentence that names the metric.
  return value as number;
}
