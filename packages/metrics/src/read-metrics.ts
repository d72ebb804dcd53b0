/** Metrics whose value is asked for at the scrape, so that keeping them costs nothing. */
import { Counter, Gauge } from 'prom-client';
import type { Metrics } from './metrics.ts';

export interface ReadMetric {
  readonly name: string;
  readonly help: string;
  readonly read: () => number;
}

export function addGauge({ registry }: Pick<Metrics, 'registry'>, { name, help, read }: ReadMetric): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

/** `read` never goes down. */
export function addCounter({ registry }: Pick<Metrics, 'registry'>, { name, help, read }: ReadMetric): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}
