/** Metrics whose value is asked for at the scrape, so that keeping them costs nothing. */
import { Counter, Gauge } from 'prom-client';
import type { Metrics } from './metrics.ts';

export interface ReadMetric {
  readonly name: string;
  readonly help: string;
  readonly read: () => number;
}

export interface ReadFamily {
  readonly name: string;
  readonly help: string;
  /** What tells its series apart. */
  readonly label: string;
  /** Each series by its label's value; none while there is nothing to say. Must not reject. */
  readonly read: () => Promise<Readonly<Record<string, number>>>;
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

export function addGauges(
  { registry }: Pick<Metrics, 'registry'>,
  { name, help, label, read }: ReadFamily,
): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    async collect() {
      const values = await read();
      this.reset();
      for (const [value, number] of Object.entries(values)) this.set({ [label]: value }, number);
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
