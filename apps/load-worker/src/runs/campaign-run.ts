/** A run that this worker owns: it moves on with the clock, and gives away what is finished in chunks. */
import {
  type Chunk,
  type EntryGenerator,
  type OwnedRun,
  packEntries,
  type SentRecord,
  Sheet,
} from '@trafficflux/campaigns';
import type { Delivery, Finished } from '../deliveries/delivery.ts';
import type { Grid } from './grid.ts';
import type { RunClock } from './run-clock.ts';

/** A run that can store nothing for so long is given up; who claims it next counts what was missed. */
const GIVE_UP_AFTER_MS = 30_000;

/** Chunks are rendered one after the other, so one sheet is enough for all runs. */
const SHEET = new Sheet();
const [OPEN, COMMA, CLOSE, EMPTY] = ['[', ',', ']', '[]'].map((text) => Buffer.from(text)) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];

export interface RunParts {
  readonly owned: OwnedRun;
  readonly clock: RunClock;
  readonly grid: Grid;
  readonly generator: EntryGenerator;
  readonly delivery: Delivery;
  /** The moment at which the claim was sent off: from then on, the run was this worker's. */
  readonly claimSentAt: number;
}

/** `ending`: its end is being written. `over`: it is this worker's no longer. */
type State = 'running' | 'ending' | 'over';

/** Moments are milliseconds of `performance.now()`. */
export class CampaignRun {
  readonly owned: OwnedRun;
  state: State = 'running';
  /** When the last renewal, or claim, that succeeded was sent off. */
  renewedAt: number;
  /** The same of anything that shows that the run was still this worker's: a chunk too. */
  confirmedAt: number;
  /** When something is due; infinite if only the next flush is. */
  dueAt = 0;
  /** The end is not written before, since the last attempt failed. */
  endNotBefore = 0;
  /** What is stored, of the whole campaign and of this run. */
  lastSequence: number;
  successfulRequests: number;
  runRequests: number;

  readonly #clock: RunClock;
  readonly #grid: Grid;
  readonly #generator: EntryGenerator;
  readonly #delivery: Delivery;
  #chunk: Chunk | null = null;
  /** What comes after it, if that is made already. */
  #ahead: Chunk | null = null;
  #chunkSince = 0;
  #hasGivenChunk = false;
  #startsNothing = false;

  constructor(parts: RunParts) {
    const { owned } = parts;
    this.owned = owned;
    this.#clock = parts.clock;
    this.#grid = parts.grid;
    this.#generator = parts.generator;
    this.#delivery = parts.delivery;
    this.renewedAt = parts.claimSentAt;
    this.confirmedAt = parts.claimSentAt;
    this.lastSequence = owned.lastSequence;
    this.successfulRequests = owned.successfulRequests;
    this.runRequests = owned.runRequests;
  }

  get campaignId(): string {
    return this.owned.campaignId;
  }

  get epoch(): number {
    return this.owned.epoch;
  }

  get isLive(): boolean {
    return this.owned.plan.delivery === 'live';
  }

  /** Live requests that are under way. */
  get underWay(): number {
    return this.#delivery.underWay;
  }

  /** What was sent and missed by now, stored or not. */
  get sentRecord(): SentRecord {
    const { sent, missed } = this.#delivery.total;
    return {
      nextSlot: this.#delivery.nextSlot,
      sentRequests: this.owned.sentRequests + sent,
      missedRequests: this.owned.missedRequests + missed,
    };
  }

  /** The first entries are shown at once, not with the next beat. */
  get isUrgent(): boolean {
    return this.state === 'running' && !this.#hasGivenChunk && this.#delivery.hasFinished;
  }

  /** Does what is due. `mayStart`: it is certain enough that nobody has stopped the run. */
  advance(now: number, mayStart: boolean): void {
    if (this.state !== 'running') {
      this.dueAt = Number.POSITIVE_INFINITY;
      return;
    }
    const nextMs = this.#delivery.advance(this.#clock.toRunMs(now), mayStart && !this.#startsNothing);
    // Simulated requests are made when a chunk takes them: between two flushes there is nothing to do.
    const isDue = this.isLive || !this.#hasGivenChunk;
    this.dueAt = isDue ? this.#clock.toMoment(nextMs) : Number.POSITIVE_INFINITY;
  }

  /** The chunk to write now, or null: the one before as long as its fate is unknown, since a retry must be equal. */
  takeChunk(now: number, limit: number): Chunk | null {
    if (this.state !== 'running') return null;
    if (this.#chunk === null) {
      this.#chunk = this.#ahead ?? this.#nextChunk(now, limit);
      this.#chunkSince = now;
      this.#ahead = null;
    }
    return this.#chunk;
  }

  /**
   * Makes the chunk that follows the one being written, which it may do whatever becomes of that: stored, it is followed
   * by this one; unknown, it is tried again as it is; fenced, the run is over. Live requests have time to be waited for.
   */
  makeAhead(now: number, limit: number): void {
    if (this.state !== 'running' || this.isLive || this.#chunk === null) return;
    this.#ahead ??= this.#nextChunk(now, limit);
  }

  onWritten(chunk: Chunk, sentAt: number): void {
    const count = chunk.lastSequence - chunk.firstSequence + 1;
    this.#chunk = null;
    this.lastSequence = chunk.lastSequence;
    this.successfulRequests += chunk.successfulRequests;
    this.runRequests += count;
    this.confirmedAt = Math.max(this.confirmedAt, sentAt);
  }

  onRenewed(sentAt: number): void {
    this.renewedAt = Math.max(this.renewedAt, sentAt);
    this.confirmedAt = Math.max(this.confirmedAt, sentAt);
  }

  isOver(now: number): boolean {
    return (
      this.state === 'running' &&
      this.#chunk === null &&
      this.#ahead === null &&
      this.#delivery.isDone &&
      now >= this.#clock.toMoment(this.#grid.endMs) &&
      now >= this.endNotBefore
    );
  }

  isStuck(now: number): boolean {
    return this.state === 'running' && this.#chunk !== null && now - this.#chunkSince > GIVE_UP_AFTER_MS;
  }

  /** 0 to 100; null without a duration. */
  get progressPercentage(): number | null {
    const { slots } = this.owned;
    return slots === null ? null : Math.min(100, Math.round((this.runRequests / slots) * 10_000) / 100);
  }

  /** No live request starts any more; those under way may come to their end. */
  startNothing(): void {
    this.#startsNothing = true;
  }

  /** It is this worker's no longer: nothing of it starts, and nothing is written. */
  close(): void {
    this.state = 'over';
    this.#chunk = null;
    this.#ahead = null;
    this.#delivery.close();
  }

  #nextChunk(now: number, limit: number): Chunk | null {
    if (!this.isLive) this.advance(now, false);
    const finished = this.#delivery.take(limit);
    const { sent, missed } = this.#delivery.takeTally();
    if (finished.length === 0 && sent === 0 && missed === 0) return null;
    if (finished.length > 0) this.#hasGivenChunk = true;
    return {
      ...this.#render(finished),
      campaignId: this.campaignId,
      epoch: this.epoch,
      nextSlot: this.#delivery.nextSlot,
      sentRequests: sent,
      missedRequests: missed,
    };
  }

  #render(finished: readonly Finished[]) {
    const before = this.#chunk?.lastSequence ?? this.lastSequence;
    const firstSequence = before + 1;
    let successfulRequests = 0;
    let responseTimeUs = 0;
    let lastStart = 0;
    SHEET.clear();
    for (const [index, { slot, startedMs, completedMs, outcome }] of finished.entries()) {
      if (outcome.success) successfulRequests++;
      responseTimeUs += outcome.responseTimeUs;
      const place = {
        slot,
        sequence: firstSequence + index,
        startedAt: this.#clock.toUnixMs(startedMs),
        completedAt: this.#clock.toUnixMs(completedMs),
      };
      SHEET.put(index === 0 ? OPEN : COMMA);
      lastStart = SHEET.length;
      this.#generator.write(SHEET, place, outcome);
    }
    const lastEntry = finished.length === 0 ? 'null' : SHEET.toText(lastStart);
    SHEET.put(finished.length === 0 ? EMPTY : CLOSE);
    return {
      firstSequence,
      lastSequence: before + finished.length,
      entries: packEntries(SHEET.bytes),
      lastEntry,
      successfulRequests,
      responseTimeUs,
      firstEntryAt: this.#clock.toUnixMs(finished[0]?.completedMs ?? 0),
      lastEntryAt: this.#clock.toUnixMs(finished.at(-1)?.completedMs ?? 0),
      newValues: this.#generator.takeNewValues(),
    };
  }
}
