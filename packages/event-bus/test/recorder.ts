// A subscriber that remembers what it was told.
import { expect } from 'vitest';
import type { BusEvent, BusSubscriber, Json } from '../src/index.ts';

export interface Recorder extends BusSubscriber {
  readonly events: BusEvent[];
  readonly gaps: number;
  data(): Json[];
  /** Waits until that many events have come. */
  hasEvents(count: number): Promise<void>;
  hasGaps(count: number): Promise<void>;
}

const PATIENCE = { timeout: 20_000, interval: 5 };

export function createRecorder(): Recorder {
  const events: BusEvent[] = [];
  let gaps = 0;
  return {
    events,
    get gaps() {
      return gaps;
    },
    onEvent: (event) => void events.push(event),
    onGap: () => {
      gaps++;
    },
    data: () => events.map(({ data }) => data),
    hasEvents: (count) => expect.poll(() => events.length, PATIENCE).toBeGreaterThanOrEqual(count),
    hasGaps: (count) => expect.poll(() => gaps, PATIENCE).toBeGreaterThanOrEqual(count),
  };
}
