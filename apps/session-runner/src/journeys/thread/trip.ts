/** A journey inside its thread: what was ordered, the log of its steps, its pauses, and what may cut it short. */
import { setTimeout as wait } from 'node:timers/promises';
import type { JourneyEnd, JourneyOrder, JourneyStep } from '../journey.ts';
import type { JourneyConfig } from '../journey-config.ts';
import { Interruption } from './interruption.ts';
import { createRandom } from './random.ts';
import { StepLog } from './step-log.ts';

export interface Trip {
  readonly order: JourneyOrder;
  readonly config: JourneyConfig;
  readonly steps: StepLog;
  /** Aborts with an `Interruption` on a stop and at the time limit. */
  readonly signal: AbortSignal;
  /** From here on the time limit ends the journey as completed: its first page was fetched. */
  arrive(): void;
  /** A drawn pause, at least this long. @throws {Interruption} */
  pause(atLeastMs?: number): Promise<void>;
  stop(): void;
  /** How the driver's way ended, whatever cut it short. */
  endOf(way: Promise<JourneyEnd>): Promise<JourneyEnd>;
}

export function beginTrip(
  order: JourneyOrder,
  config: JourneyConfig,
  onStep: (step: JourneyStep) => void,
): Trip {
  const controller = new AbortController();
  const random = config.seed === null ? Math.random : createRandom(config.seed, order.journey);
  const timer = setTimeout(() => controller.abort(new Interruption('time-limit')), config.timeLimitMs);
  let hasArrived = false;
  return {
    order,
    config,
    steps: new StepLog(onStep),
    signal: controller.signal,
    arrive: () => {
      hasArrived = true;
    },
    pause: async (atLeastMs = 0) => {
      const { min, max } = config.pauseMs;
      // A site may ask for a longer pause than any timer knows.
      const pauseMs = Math.min(Math.max(min + random() * (max - min), atLeastMs), config.timeLimitMs);
      await wait(pauseMs, undefined, { signal: controller.signal }).catch(() => undefined);
      controller.signal.throwIfAborted();
    },
    stop: () => controller.abort(new Interruption('stopped')),
    async endOf(way) {
      try {
        return await way;
      } catch (error) {
        if (!(error instanceof Interruption)) throw error;
        if (error.cause === 'stopped') return { status: 'stopped' };
        return hasArrived ? { status: 'completed' } : { status: 'failed', reason: error.message };
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
