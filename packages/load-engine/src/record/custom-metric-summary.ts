/** What a scenario's own metrics came to. */

interface Named {
  readonly name: string;
  /** By name of the tag, in alphabetical order; empty for all values together. */
  readonly tags: Readonly<Record<string, string>>;
}

/** A sum that only grows. */
export interface CounterSummary extends Named {
  readonly kind: 'counter';
  readonly sum: number;
  readonly perSecond: number;
}

/** A value that goes up and down: the last one of the run. */
export interface GaugeSummary extends Named {
  readonly kind: 'gauge';
  readonly last: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** How often something was true, 0–1. */
export interface RateSummary extends Named {
  readonly kind: 'rate';
  readonly hits: number;
  readonly total: number;
  readonly share: number | null;
}

/** A distribution; the unit is the scenario's. Percentiles by name: `{ '50': 1.2, … }`. */
export interface TrendSummary extends Named {
  readonly kind: 'trend';
  readonly count: number;
  readonly min: number | null;
  readonly average: number | null;
  readonly max: number | null;
  readonly percentiles: Readonly<Record<string, number | null>>;
}

export type CustomMetricSummary = CounterSummary | GaugeSummary | RateSummary | TrendSummary;
