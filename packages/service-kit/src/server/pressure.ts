/**
 * Knows whether the process is overloaded, so that a request can be refused at once rather than late.
 *
 * Sampled once a second; a request pays for reading one boolean. (@fastify/under-pressure adds a hook to
 * every route, /metrics and the health checks too, which are needed most under pressure.)
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { HttpConfig } from '../config/http-config.ts';

const SAMPLE_INTERVAL_MS = 1_000;
const RESOLUTION_MS = 10;

export interface Pressure {
  /** True while a threshold is exceeded, as of the last sample. */
  isHigh: boolean;
  stop(): void;
}

/** What is compared with the thresholds; tests put their own in place of the process. */
export interface PressureReading {
  readonly eventLoopDelayMs: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

export function watchPressure(thresholds: HttpConfig['shedding']): Pressure {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const pressure: Pressure = {
    isHigh: false,
    stop: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
  const timer = setInterval(() => {
    pressure.isHigh = isAbove(readPressure(histogram.mean), thresholds);
    histogram.reset();
  }, SAMPLE_INTERVAL_MS);
  timer.unref();
  return pressure;
}

/** True when any reading is above its threshold; a threshold of 0 is switched off. */
export function isAbove(reading: PressureReading, thresholds: HttpConfig['shedding']): boolean {
  return (
    exceeds(reading.eventLoopDelayMs, thresholds.eventLoopDelayMs) ||
    exceeds(reading.heapBytes, thresholds.heapBytes) ||
    exceeds(reading.rssBytes, thresholds.rssBytes)
  );
}

function exceeds(value: number, threshold: number): boolean {
  return threshold > 0 && value > threshold;
}

function readPressure(meanDelayNs: number): PressureReading {
  const { heapUsed, rss } = process.memoryUsage();
  // No sample at all means that the loop did not turn once in the interval.
  const delayMs = Number.isNaN(meanDelayNs) ? SAMPLE_INTERVAL_MS : meanDelayNs / 1e6 - RESOLUTION_MS;
  return { eventLoopDelayMs: delayMs, heapBytes: heapUsed, rssBytes: rss };
}
