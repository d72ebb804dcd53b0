/**
 * What a scenario counts beside its requests: its own metrics, its checks and the times of its groups. Bounded like the
 * steps are: beyond so many sets of tags, values count under one set of their metric.
 */
import {
  CounterSeries,
  GaugeSeries,
  type MetricKind,
  RateSeries,
  type Series,
  type SeriesDelta,
  TrendSeries,
} from './metric-series.ts';
import type { Tags } from './step-recorder.ts';

/** The rate of checks that held; the tag `check` says which. */
export const CHECKS = 'checks';
/** How long groups took in milliseconds; the tag `group` says which. */
export const GROUP_DURATION = 'group_duration';
/** Where several loads run at once, what each of them started, how long it took and what it had to drop. */
export const ITERATIONS = 'iterations';
export const ITERATION_DURATION = 'iteration_duration';
export const DROPPED_ITERATIONS = 'dropped_iterations';
/** Of values whose own tags would be too many. */
export const OTHER_TAGS: Tags = { tags: '(other)' };

const MAX_METRICS = 200;
const MAX_SERIES_OF_METRIC = 100;
const MAX_SERIES = 500;
const NO_TAGS: Tags = {};

export class CustomMetrics {
  readonly #kinds = new Map<string, MetricKind>();
  readonly #series = new Map<string, Series>();
  /** How many sets of tags each metric has. */
  readonly #counts = new Map<string, number>();

  /** From now on the metric is known, also while it has no value. Throws a TypeError for a name of another kind. */
  declare(name: string, kind: MetricKind): void {
    const known = this.#kinds.get(name);
    if (known !== undefined && known !== kind) {
      throw new TypeError(`expected the metric "${name}" to be a ${known}, as before, got a ${kind}`);
    }
    if (known === undefined && this.#kinds.size >= MAX_METRICS) {
      throw new RangeError(`expected at most ${MAX_METRICS} metrics, got "${name}" beyond`);
    }
    this.#kinds.set(name, kind);
  }

  /** Counts a value. Throws a TypeError for one that is no finite number, a RangeError for what a counter would lose. */
  add(name: string, kind: MetricKind, value: number, tags: Tags = NO_TAGS): void {
    if (!Number.isFinite(value)) {
      throw new TypeError(
        `expected a value of the metric "${name}" to be a finite number, got ${String(value)}`,
      );
    }
    if (kind === 'counter' && value < 0) {
      throw new RangeError(`expected the counter "${name}" to grow by 0 or more, got ${value}`);
    }
    this.#find(name, kind, tags).add(value);
  }

  /** In the order of their first mention. */
  get names(): readonly string[] {
    return [...this.#kinds.keys()];
  }

  /** Undefined for a metric that is not known. */
  kindOf(name: string): MetricKind | undefined {
    return this.#kinds.get(name);
  }

  /** Those of a metric, one for each set of tags; none while it has no value. */
  seriesOf(name: string): readonly Series[] {
    return [...this.#series.values()].filter((series) => series.name === name);
  }

  /** What was counted since the last call. */
  takeDelta(): SeriesDelta[] {
    return [...this.#series.values()].map((series) => series.takeDelta()).filter((delta) => delta !== null);
  }

  merge(deltas: readonly SeriesDelta[]): void {
    for (const delta of deltas) {
      // The same kind, hence the same delta: `#find` sees to it.
      this.#find(delta.name, delta.kind, delta.tags).merge(delta as never);
    }
  }

  #find(name: string, kind: MetricKind, tags: Tags): Series {
    this.declare(name, kind);
    const key = toKey(name, tags);
    const existing = this.#series.get(key);
    if (existing) return existing;
    if (tags !== OTHER_TAGS && !this.#hasRoom(name)) return this.#find(name, kind, OTHER_TAGS);
    const series = createSeries(kind, name, tags);
    this.#series.set(key, series);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    return series;
  }

  #hasRoom(name: string): boolean {
    return this.#series.size < MAX_SERIES && (this.#counts.get(name) ?? 0) < MAX_SERIES_OF_METRIC;
  }
}

function createSeries(kind: MetricKind, name: string, tags: Tags): Series {
  switch (kind) {
    case 'counter':
      return new CounterSeries(name, tags);
    case 'gauge':
      return new GaugeSeries(name, tags);
    case 'rate':
      return new RateSeries(name, tags);
    case 'trend':
      return new TrendSeries(name, tags);
  }
}

function toKey(name: string, tags: Tags): string {
  let key = name;
  for (const tag in tags) key += `\0${tag}\0${tags[tag]}`;
  return key;
}
