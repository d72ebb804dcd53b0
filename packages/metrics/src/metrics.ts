/** The registry of one service: its request durations beside what every process of ours measures. */
import { collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client';
import { registerEventLoopUtilization } from './event-loop-utilization.ts';
import { RequestDurations } from './request-durations.ts';

export interface MetricsOptions {
  /** Name of the service; every series carries it as the label `service`. */
  readonly service: string;
  /** Upper bounds of the duration buckets, in seconds, ascending. */
  readonly bucketsSeconds?: readonly number[];
}

export interface Metrics {
  readonly registry: Registry;
  /** `http_request_duration_seconds{method,route,status_code}`: time from the request's headers to the answer's end. */
  readonly requestDurations: RequestDurations;
  readonly contentType: string;
  /** Everything in Prometheus' text format. */
  render(): Promise<string>;
}

/**
 * Creates the metrics of one service in a registry of its own, so that two apps in one process do not mix.
 *
 * Beside the durations it holds prom-client's process metrics (`process_cpu_seconds_total`,
 * `process_resident_memory_bytes`, `nodejs_heap_size_used_bytes`, `nodejs_eventloop_lag_p99_seconds`, …)
 * and `nodejs_eventloop_utilization_ratio`.
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  collectDefaultMetrics({ register: registry });
  registerEventLoopUtilization(registry);

  const requestDurations = new RequestDurations(options.bucketsSeconds);
  // prom-client's type lists its own classes; at run time it asks a metric for `name` and `get()` only.
  registry.registerMetric(requestDurations as unknown as Metric);
  registerRequestsInFlight(registry, requestDurations);

  return {
    registry,
    requestDurations,
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

function registerRequestsInFlight(registry: Registry, durations: RequestDurations): void {
  new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests whose answer has not been written yet.',
    registers: [registry],
    collect() {
      this.set(durations.inFlight);
    },
  });
}
