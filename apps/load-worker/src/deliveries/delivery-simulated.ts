/**
 * Simulated requests: no network. A slot's request is over a fixed time after its place in the grid, the longest latency
 * of the plan, and began its own latency before: so the grid is kept exactly, and each latency has really gone by.
 *
 * What a slot comes to depends on the seed and the slot alone, so nothing is kept until a chunk takes it.
 */
import type { EntryGenerator, RunPlan } from '@trafficflux/campaigns';
import type { Grid } from '../runs/grid.ts';
import type { Delivery, Finished, Tally } from './delivery.ts';

const NOTHING: Tally = { sent: 0, missed: 0 };

export class SimulatedDelivery implements Delivery {
  readonly underWay = 0;
  readonly total = NOTHING;
  readonly #grid: Grid;
  readonly #generator: EntryGenerator;
  readonly #latencyMs: number;
  /** Slots below this one are over. */
  #over: number;
  #taken: number;
  #nextAt: number;

  constructor(plan: RunPlan, grid: Grid, generator: EntryGenerator) {
    this.#grid = grid;
    this.#generator = generator;
    this.#latencyMs = plan.latencyMs[1];
    this.#over = grid.firstSlot;
    this.#taken = grid.firstSlot;
    this.#nextAt = this.#completionOf(grid.firstSlot);
  }

  get hasFinished(): boolean {
    return this.#taken < this.#over;
  }

  get nextSlot(): number {
    return this.#taken;
  }

  get isDone(): boolean {
    return this.#taken >= this.#grid.endSlot;
  }

  advance(runMs: number): number {
    while (this.#nextAt <= runMs) {
      this.#over++;
      this.#nextAt = this.#completionOf(this.#over);
    }
    return this.#nextAt;
  }

  take(limit: number): Finished[] {
    const finished: Finished[] = [];
    const end = Math.min(this.#over, this.#taken + limit);
    for (let slot = this.#taken; slot < end; slot++) {
      const outcome = this.#generator.simulate(slot);
      const completedMs = this.#completionOf(slot);
      finished.push({
        slot,
        startedMs: completedMs - outcome.responseTimeUs / 1000,
        completedMs,
        outcome,
      });
    }
    this.#taken = end;
    return finished;
  }

  takeTally(): Tally {
    return NOTHING;
  }

  close(): void {}

  #completionOf(slot: number): number {
    const { endSlot, claimedMs } = this.#grid;
    if (slot >= endSlot) return Number.POSITIVE_INFINITY;
    // What an owner before had begun goes on; jitter alone could let it be over before the claim.
    return Math.max(claimedMs, this.#grid.momentOf(slot) + this.#latencyMs);
  }
}
