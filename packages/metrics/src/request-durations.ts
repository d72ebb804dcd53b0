/**
 * A histogram of request durations that costs a few nanoseconds per request.
 *
 * prom-client hashes the labels of every observation into a string. Here a route finds its series once, when
 * it is registered, and an observation is one addition to a typed array; prom-client sees the numbers when
 * somebody scrapes them.
 */

/** The label of requests that no route of the service matched: a scanner must not create a series per URL. */
export const UNMATCHED_ROUTE = '(unmatched)';

const DEFAULT_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class RequestDurations {
  readonly name = 'http_request_duration_seconds';
  readonly help = 'Time from the headers of a request to the end of its answer, in seconds.';
  /** Requests begun and not yet observed; the server counts it up and down. */
  inFlight = 0;

  readonly #bucketsSeconds: readonly number[];
  readonly #routes = new Map<string, RouteDurations>();

  constructor(bucketsSeconds: readonly number[] = DEFAULT_BUCKETS_SECONDS) {
    if (bucketsSeconds.some((bound, index) => !(bound > (bucketsSeconds[index - 1] ?? 0)))) {
      throw new RangeError(
        `Buckets must be positive and ascending, but they are ${bucketsSeconds.join(', ')}.`,
      );
    }
    this.#bucketsSeconds = bucketsSeconds;
  }

  /** The series of one route template, for example `('GET', '/books/:id')`; the same object for the same pair. */
  route(method: string, route: string): RouteDurations {
    const key = `${method} ${route}`;
    let durations = this.#routes.get(key);
    if (durations === undefined) {
      durations = new RouteDurations(method, route, this.#bucketsSeconds);
      this.#routes.set(key, durations);
    }
    return durations;
  }

  /** The histogram as prom-client's registry reads it. */
  async get(): Promise<HistogramSnapshot> {
    const values: HistogramValue[] = [];
    for (const durations of this.#routes.values()) durations.appendTo(values, this.name);
    return { name: this.name, help: this.help, type: 'histogram', values, aggregator: 'sum' };
  }

  /** Forgets what was observed and keeps the series. */
  reset(): void {
    for (const durations of this.#routes.values()) durations.reset();
  }
}

/** What one method of one route template took, by status code. */
export class RouteDurations {
  readonly #method: string;
  readonly #route: string;
  readonly #bucketsSeconds: readonly number[];
  readonly #byStatus: (StatusDurations | undefined)[] = [];

  constructor(method: string, route: string, bucketsSeconds: readonly number[]) {
    this.#method = method;
    this.#route = route;
    this.#bucketsSeconds = bucketsSeconds;
  }

  observe(statusCode: number, seconds: number): void {
    const durations = this.#byStatus[statusCode] ?? this.#addStatus(statusCode);
    const bounds = this.#bucketsSeconds;
    let index = 0;
    // A dozen bounds, and most requests stop at one of the first: a loop beats a binary search.
    while (index < bounds.length && seconds > (bounds[index] as number)) index++;
    durations.counts[index] = (durations.counts[index] as number) + 1;
    durations.sumSeconds += seconds;
  }

  appendTo(values: HistogramValue[], name: string): void {
    for (const durations of this.#byStatus) {
      if (durations === undefined) continue;
      const sharedLabels = { method: this.#method, route: this.#route, status_code: durations.statusCode };
      let count = 0;
      for (let index = 0; index <= this.#bucketsSeconds.length; index++) {
        count += durations.counts[index] as number;
        const le = this.#bucketsSeconds[index] ?? '+Inf';
        values.push({ metricName: `${name}_bucket`, labels: { le }, sharedLabels, value: count });
      }
      values.push({ metricName: `${name}_sum`, labels: {}, sharedLabels, value: durations.sumSeconds });
      values.push({ metricName: `${name}_count`, labels: {}, sharedLabels, value: count });
    }
  }

  reset(): void {
    this.#byStatus.length = 0;
  }

  #addStatus(statusCode: number): StatusDurations {
    const counts = new Float64Array(this.#bucketsSeconds.length + 1);
    const durations = { statusCode: String(statusCode), counts, sumSeconds: 0 };
    this.#byStatus[statusCode] = durations;
    return durations;
  }
}

interface StatusDurations {
  readonly statusCode: string;
  /** Observations per bucket, not cumulated; the last one is beyond every bound. */
  readonly counts: Float64Array;
  sumSeconds: number;
}

interface HistogramValue {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly sharedLabels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface HistogramSnapshot {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram';
  readonly values: readonly HistogramValue[];
  readonly aggregator: 'sum';
}
