/** Watches the event loop of a load thread: what tells whether the generator was the bottleneck. */
import {
  type EventLoopUtilization,
  monitorEventLoopDelay,
  PerformanceObserver,
  performance,
} from 'node:perf_hooks';

/** How a thread's event loop fared. */
export interface LoopHealth {
  /** Share of the time that the event loop was busy, 0–1. */
  readonly utilization: number;
  /** How late the event loop came to its timers, in milliseconds. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** Time in garbage collection, and its longest pause. */
  readonly gcMs: number;
  readonly gcMaxMs: number;
  /** The most sockets that were seen open at once. */
  readonly socketsMax: number;
  /** Requests that waited for one of a limited number of connections, and the longest of these waits. */
  readonly connectionWaits: number;
  readonly connectionWaitMaxMs: number;
  /** From the start to the end of the last user, in milliseconds. */
  readonly durationMs: number;
}

const DELAY_RESOLUTION_MS = 10;

export class LoopWatch {
  readonly #delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  readonly #collections = new PerformanceObserver((list) => this.#count(list.getEntries()));
  #utilizationBefore: EventLoopUtilization = performance.eventLoopUtilization();
  #gcMs = 0;
  #gcMaxMs = 0;
  #socketsMax = 0;

  start(): void {
    this.#utilizationBefore = performance.eventLoopUtilization();
    this.#delay.enable();
    this.#collections.observe({ entryTypes: ['gc'] });
  }

  /** A look at what only a look can find; some times a second. */
  look(): void {
    let sockets = 0;
    for (const resource of process.getActiveResourcesInfo()) if (resource === 'TCPSocketWrap') sockets += 1;
    this.#socketsMax = Math.max(this.#socketsMax, sockets);
  }

  stop(): void {
    this.#count(this.#collections.takeRecords());
    this.#collections.disconnect();
    this.#delay.disable();
  }

  health(durationMs: number): Omit<LoopHealth, 'connectionWaits' | 'connectionWaitMaxMs'> {
    const { utilization } = performance.eventLoopUtilization(this.#utilizationBefore);
    const toLateMs = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - DELAY_RESOLUTION_MS);
    const hasSamples = this.#delay.count > 0;
    return {
      utilization,
      delayP99Ms: hasSamples ? toLateMs(this.#delay.percentile(99)) : 0,
      delayMaxMs: hasSamples ? toLateMs(this.#delay.max) : 0,
      gcMs: this.#gcMs,
      gcMaxMs: this.#gcMaxMs,
      socketsMax: this.#socketsMax,
      durationMs,
    };
  }

  #count(collections: readonly { readonly duration: number }[]): void {
    for (const { duration } of collections) {
      this.#gcMs += duration;
      this.#gcMaxMs = Math.max(this.#gcMaxMs, duration);
    }
  }
}
