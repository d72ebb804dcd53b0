/** Numbers the steps of a journey, takes their time, and tells of each when it is over. */
import { performance } from 'node:perf_hooks';
import type { JourneyStep } from '../journey.ts';
import { Interruption } from './interruption.ts';

/** What a step is before it begins. */
export type StepPlan = Pick<JourneyStep, 'action' | 'url'>;
/** What comes of it; what it leaves out is null. */
export type StepResult = Pick<JourneyStep, 'outcome'> &
  Partial<Pick<JourneyStep, 'status' | 'bytes' | 'matches' | 'note'>>;

export class StepLog {
  readonly #onStep: (step: JourneyStep) => void;
  #count = 0;

  constructor(onStep: (step: JourneyStep) => void) {
    this.#onStep = onStep;
  }

  /** A step that was cut short is told of as well, before the interruption goes on its way. */
  async record<Result extends StepResult>(
    plan: StepPlan,
    work: () => Result | Promise<Result>,
  ): Promise<Result> {
    const startedAtMs = Date.now();
    const begin = performance.now();
    const tell = (result: StepResult) => this.#tell(plan, result, startedAtMs, performance.now() - begin);
    try {
      const result = await work();
      tell(result);
      return result;
    } catch (error) {
      if (error instanceof Interruption)
        tell({ outcome: error.cause === 'stopped' ? 'skipped' : 'failed', note: error.message });
      throw error;
    }
  }

  /** A step that takes no time, since nothing was done. */
  note(plan: StepPlan, result: StepResult): void {
    this.#tell(plan, result, Date.now(), 0);
  }

  #tell(plan: StepPlan, result: StepResult, startedAtMs: number, durationMs: number): void {
    this.#count++;
    this.#onStep({
      number: this.#count,
      action: plan.action,
      url: plan.url,
      outcome: result.outcome,
      status: result.status ?? null,
      startedAtMs,
      durationMs: Math.round(durationMs * 1_000) / 1_000,
      bytes: result.bytes ?? null,
      matches: result.matches ?? null,
      note: result.note ?? null,
    });
  }
}
