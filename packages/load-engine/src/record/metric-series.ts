/** The values of one custom metric under one set of tags, by kind: what is added up, kept or counted. */
import type { Tags } from './step-recorder.ts';
import { type SketchDelta, ValueSketch } from './value-sketch.ts';

export const METRIC_KINDS = ['counter', 'gauge', 'rate', 'trend'] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

interface Named {
  readonly name: string;
  readonly tags: Tags;
}

/** What a series counted in an interval, on its way between threads. */
export type SeriesDelta = Named &
  (
    | { readonly kind: 'counter'; readonly sum: number }
    | ({ readonly kind: 'gauge' } & GaugeDelta)
    | { readonly kind: 'rate'; readonly hits: number; readonly total: number }
    | { readonly kind: 'trend'; readonly sketch: SketchDelta }
  );

interface GaugeDelta {
  readonly last: number;
  /** On the clock that all threads of a process share. */
  readonly lastAtMs: number;
  readonly min: number;
  readonly max: number;
}

export type Series = CounterSeries | GaugeSeries | RateSeries | TrendSeries;

class NamedSeries implements Named {
  readonly name: string;
  /** In alphabetical order; empty for values without tags. */
  readonly tags: Tags;

  constructor(name: string, tags: Tags) {
    this.name = name;
    this.tags = tags;
  }
}

export class CounterSeries extends NamedSeries {
  readonly kind = 'counter';
  sum = 0;
  #isNew = false;

  add(value: number): void {
    this.sum += value;
    this.#isNew = true;
  }

  /** Null when nothing was added since the last call. */
  takeDelta(): SeriesDelta | null {
    if (!this.#isNew) return null;
    const { name, tags, kind, sum } = this;
    this.sum = 0;
    this.#isNew = false;
    return { name, tags, kind, sum };
  }

  merge({ sum }: { readonly sum: number }): void {
    this.add(sum);
  }
}

export class GaugeSeries extends NamedSeries {
  readonly kind = 'gauge';
  last: number | null = null;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.merge({ last: value, lastAtMs: toSharedMs(process.hrtime()), min: value, max: value });
  }

  takeDelta(): SeriesDelta | null {
    const { name, tags, kind, last, min, max } = this;
    if (last === null) return null;
    this.last = null;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    return { name, tags, kind, last, lastAtMs: this.#lastAtMs, min, max };
  }

  merge({ last, lastAtMs, min, max }: GaugeDelta): void {
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    if (lastAtMs < this.#lastAtMs && this.last !== null) return;
    this.last = last;
    this.#lastAtMs = lastAtMs;
  }

  /** The last value of several. */
  static lastOf(all: readonly GaugeSeries[]): number | null {
    const latest = all.reduce<GaugeSeries | null>((best, one) => {
      if (one.last === null || (best !== null && best.#lastAtMs > one.#lastAtMs)) return best;
      return one;
    }, null);
    return latest?.last ?? null;
  }
}

export class RateSeries extends NamedSeries {
  readonly kind = 'rate';
  hits = 0;
  total = 0;

  /** A hit unless it is 0. */
  add(value: number): void {
    this.total += 1;
    if (value !== 0) this.hits += 1;
  }

  takeDelta(): SeriesDelta | null {
    const { name, tags, kind, hits, total } = this;
    if (total === 0) return null;
    this.hits = 0;
    this.total = 0;
    return { name, tags, kind, hits, total };
  }

  merge({ hits, total }: { readonly hits: number; readonly total: number }): void {
    this.hits += hits;
    this.total += total;
  }
}

export class TrendSeries extends NamedSeries {
  readonly kind = 'trend';
  readonly values = new ValueSketch();

  add(value: number): void {
    this.values.add(value);
  }

  takeDelta(): SeriesDelta | null {
    if (this.values.count === 0) return null;
    const { name, tags, kind } = this;
    return { name, tags, kind, sketch: this.values.takeDelta() };
  }

  merge({ sketch }: { readonly sketch: SketchDelta }): void {
    this.values.merge(sketch);
  }
}

/** Unlike `performance.now()`, the same for all threads. */
function toSharedMs([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1000 + nanoseconds / 1e6;
}
