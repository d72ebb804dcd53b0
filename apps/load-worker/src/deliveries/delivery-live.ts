/**
 * Live requests: each starts at its place in the grid, whatever became of those before, and is recorded as it was
 * measured. Nothing is made up for: a slot whose time is over before it could start is counted as missed.
 */
import type { Outcome } from '@trafficflux/campaigns';
import type { ClientRequest, HttpClient, Measured } from '@trafficflux/load-engine';
import type { Grid } from '../runs/grid.ts';
import type { RunClock } from '../runs/run-clock.ts';
import type { Delivery, Finished, Tally } from './delivery.ts';

/** A request may start this late, or one gap if that is more: so never more than one at once out of turn. */
const LATEST_START_MS = 100;
/** How soon a start that may not be now is looked at again. */
const LOOK_AGAIN_MS = 10;

export interface LiveOptions {
  readonly client: HttpClient;
  readonly request: ClientRequest;
  /** Requests under way at once: a slot that finds them all busy has failed. */
  readonly connectionLimit: number;
}

export class LiveDelivery implements Delivery {
  readonly #options: LiveOptions;
  readonly #grid: Grid;
  readonly #clock: RunClock;
  readonly #latestStartMs: number;
  #finished: Finished[] = [];
  #next: number;
  #underWay = 0;
  #sent = 0;
  #missed = 0;
  #told: Tally = { sent: 0, missed: 0 };
  #lastCompletedMs = 0;
  #isClosed = false;

  constructor(grid: Grid, clock: RunClock, options: LiveOptions) {
    this.#grid = grid;
    this.#clock = clock;
    this.#options = options;
    this.#latestStartMs = Math.max(LATEST_START_MS, grid.gapMs);
    this.#next = grid.firstSlot;
  }

  get hasFinished(): boolean {
    return this.#finished.length > 0;
  }

  get total(): Tally {
    return { sent: this.#sent, missed: this.#missed };
  }

  get nextSlot(): number {
    return this.#next;
  }

  get underWay(): number {
    return this.#underWay;
  }

  get isDone(): boolean {
    return (
      this.#next >= this.#grid.endSlot &&
      this.#underWay === 0 &&
      this.#finished.length === 0 &&
      this.#missed === this.#told.missed &&
      this.#sent === this.#told.sent
    );
  }

  advance(runMs: number, mayStart: boolean): number {
    while (this.#next < this.#grid.endSlot && !this.#isClosed) {
      const moment = Math.max(this.#grid.claimedMs, this.#grid.momentOf(this.#next));
      if (moment > runMs) return moment;
      if (runMs - moment > this.#latestStartMs) this.#missed++;
      else if (mayStart) this.#start(this.#next);
      else return runMs + LOOK_AGAIN_MS;
      this.#next++;
    }
    return Number.POSITIVE_INFINITY;
  }

  take(limit: number): Finished[] {
    if (this.#finished.length <= limit) {
      const all = this.#finished;
      this.#finished = [];
      return all;
    }
    return this.#finished.splice(0, limit);
  }

  takeTally(): Tally {
    const { sent, missed } = this.#told;
    this.#told = this.total;
    return { sent: this.#sent - sent, missed: this.#missed - missed };
  }

  close(): void {
    this.#isClosed = true;
    this.#finished = [];
    this.#options.client.close();
  }

  #start(slot: number): void {
    const { client, request, connectionLimit } = this.#options;
    if (client.pending < connectionLimit) this.#sent++;
    this.#underWay++;
    client.send(request).then((measured) => this.#finish(slot, measured));
  }

  #finish(slot: number, measured: Measured): void {
    this.#underWay--;
    if (this.#isClosed) return;
    const startedMs = this.#clock.toRunMs(measured.startedAt);
    // Entries are numbered as they complete, and their timestamps ascend with the numbers.
    this.#lastCompletedMs = Math.max(this.#lastCompletedMs, this.#clock.toRunMs(measured.endedAt));
    this.#finished.push({
      slot,
      startedMs,
      completedMs: this.#lastCompletedMs,
      outcome: toOutcome(measured),
    });
  }
}

function toOutcome({ status, failure, startedAt, endedAt, bodyBytes }: Measured): Outcome {
  const success = failure === null && status < 400;
  return {
    success,
    statusCode: status,
    // Hundredths of a millisecond, as the entry shows them: a recount adds up to the very same.
    responseTimeUs: Math.round((endedAt - startedAt) * 100) * 10,
    responseSize: bodyBytes,
    error: success ? null : (failure?.message ?? `The target answered with status ${status}.`),
  };
}
