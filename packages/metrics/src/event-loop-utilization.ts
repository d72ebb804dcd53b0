/** How busy the event loop was since the last scrape: 1 means that it never waited. */
import { performance } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

export function registerEventLoopUtilization(registry: Registry): void {
  let previous = performance.eventLoopUtilization();
  new Gauge({
    name: 'nodejs_eventloop_utilization_ratio',
    help: 'Share of the time since the last scrape that the event loop was busy, 0 to 1.',
    registers: [registry],
    collect() {
      const current = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(current, previous).utilization);
      previous = current;
    },
  });
}
