import type { Worker } from 'node:worker_threads';
import type {
  JourneyEnd,
  JourneyOrder,
  JourneyPool,
  JourneyStep,
  RunningJourney,
} from '../../src/journeys/journey.ts';
import { createJourneyPool, type JourneyPoolOptions } from '../../src/journeys/journey-pool.ts';
import { createConfig } from './journey-config.ts';

export interface TestPool extends JourneyPool {
  /** What went to the log. */
  readonly logged: { readonly err: unknown }[];
  /** Every thread that was ever started. */
  readonly workers: Worker[];
  /** Those that live now. */
  readonly livingWorkers: Worker[];
}

/** A pool whose threads run `scripted-thread.ts`. */
export function createTestPool(options: Partial<JourneyPoolOptions> = {}): TestPool {
  const logged: { err: unknown }[] = [];
  const workers: Worker[] = [];
  const onWorker = (worker: Worker) => workers.push(worker);
  process.on('worker', onWorker);
  const pool = createJourneyPool({
    threads: 2,
    lineLength: 100,
    config: createConfig(),
    allowList: 'localhost,127.0.0.1,::1',
    logger: { error: (entry: { err: unknown }) => logged.push(entry) } as JourneyPoolOptions['logger'],
    threadFile: new URL('./scripted-thread.ts', import.meta.url),
    ...options,
  });
  return {
    logged,
    workers,
    get livingWorkers() {
      return workers.filter((worker) => worker.threadId !== -1);
    },
    get counts() {
      return pool.counts;
    },
    start: (order, listener) => pool.start(order, listener),
    async close() {
      await pool.close();
      process.off('worker', onWorker);
    },
  };
}

export interface TestJourney extends RunningJourney {
  readonly steps: JourneyStep[];
  /** `started`, `step 1`, …, and the status of its end. */
  readonly told: string[];
}

/** Starts a journey of one person and writes down what is told of it. */
export function startJourney(
  pool: JourneyPool,
  script: string,
  order: Partial<JourneyOrder> = {},
  onStart: () => void = () => undefined,
): TestJourney {
  const steps: JourneyStep[] = [];
  const told: string[] = [];
  const running = pool.start(
    {
      sessionId: '0123456789abcdef01234567',
      journey: 1,
      userId: 'user_1',
      searchKeyword: script,
      targetDomain: 'localhost',
      driver: 'dry-run',
      ...order,
    },
    {
      onStart: () => {
        told.push('started');
        onStart();
      },
      onStep: (step) => {
        told.push(`step ${step.number}`);
        steps.push(step);
      },
    },
  );
  const ended = running.ended.then((end: JourneyEnd) => {
    told.push(end.status);
    return end;
  });
  return { steps, told, ended, stop: () => running.stop() };
}
