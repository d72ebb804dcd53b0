/** Brings what journeys do into the store, in batches, and keeps it while the store is away. */
import type { Logger } from '@trafficflux/service-kit';
import { type SessionStore, SessionStoreRefusedError, type SessionWrite } from './session-store.ts';

export interface StoreWriterOptions {
  readonly store: Pick<SessionStore, 'write'>;
  readonly logger: Logger;
  /** At most one batch in this time, in milliseconds. */
  readonly intervalMs?: number;
  /** Steps beyond this number, waiting for the store, are dropped. Starts and ends are always kept. */
  readonly maxWaitingSteps?: number;
}

interface Waiting {
  readonly write: SessionWrite;
  readonly onSettled: (() => void) | undefined;
}

const [INTERVAL_MS, MAX_WAITING_STEPS] = [50, 20_000];
/** A batch is one statement; this many make about 300 KB. */
const MAX_BATCH = 1000;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [100, 2000];

/**
 * Its memory is bounded: steps by `maxWaitingSteps`, everything else by the sessions that are active, since none
 * starts while the store is away.
 */
export class StoreWriter {
  readonly #options: Required<StoreWriterOptions>;
  readonly #ending = new AbortController();
  #queue: Waiting[] = [];
  /** How many the store is being given. */
  #inFlight = 0;
  #waitingSteps = 0;
  #droppedSteps = 0;
  /** `#droppedSteps` when the store went away. */
  #droppedBefore: number | undefined;
  #isClosing = false;
  #writing: Promise<void> | undefined;
  #wakeUp: () => void = () => {};

  constructor(options: StoreWriterOptions) {
    this.#options = { intervalMs: INTERVAL_MS, maxWaitingSteps: MAX_WAITING_STEPS, ...options };
  }

  /** Writes that are not in the store yet. */
  get waiting(): number {
    return this.#inFlight + this.#queue.length;
  }

  /** Steps that are recorded nowhere, since the start. */
  get droppedSteps(): number {
    return this.#droppedSteps;
  }

  /**
   * Takes a write, and says whether it was kept: only a step is ever dropped. `onSettled` is called when the store
   * has it, or has refused it for good.
   */
  add(write: SessionWrite, onSettled?: () => void): boolean {
    if (write.type === 'step') {
      if (this.#waitingSteps >= this.#options.maxWaitingSteps) {
        this.#droppedSteps++;
        return false;
      }
      this.#waitingSteps++;
    }
    this.#queue.push({ write, onSettled });
    this.#writing ??= this.#writeAll();
    return true;
  }

  /** Writes what waits, for at most so long. Returns how many writes did not reach the store. */
  async close(limitMs: number): Promise<number> {
    this.#isClosing = true;
    this.#wakeUp();
    const { promise: timeIsUp, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, limitMs);
    await Promise.race([this.#writing, timeIsUp]);
    clearTimeout(timer);
    this.#ending.abort();
    this.#wakeUp();
    return this.waiting;
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#ending.signal.aborted) {
      if (!this.#isClosing && this.#queue.length < MAX_BATCH) await this.#pause(this.#options.intervalMs);
      const batch = this.#queue.splice(0, MAX_BATCH);
      this.#inFlight = batch.length;
      const unwritten = await this.#writeBatch(batch);
      this.#inFlight = 0;
      this.#queue = unwritten.concat(this.#queue);
    }
    this.#writing = undefined;
  }

  /** Tries until the store has the batch; returns what it has not when the time is up. */
  async #writeBatch(batch: Waiting[]): Promise<Waiting[]> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      if (this.#ending.signal.aborted) return batch;
      try {
        await this.#options.store.write(batch.map(({ write }) => write));
        this.#noteBack();
        this.#settle(batch);
        return [];
      } catch (error) {
        if (error instanceof SessionStoreRefusedError) return this.#writeHalves(batch, error);
        this.#noteAway(error);
      }
      // Runners that lost the same store do not all come back in the same moment.
      await this.#pause(pauseMs * (0.5 + Math.random() / 2));
    }
  }

  /** One write that can never be stored must not keep the others from it. */
  async #writeHalves(batch: Waiting[], error: unknown): Promise<Waiting[]> {
    const [first] = batch;
    if (batch.length === 1 && first !== undefined) {
      const { type, sessionId } = first.write;
      this.#options.logger.error(
        { err: error, sessionId, type },
        'the store refused a record, which is lost',
      );
      if (type === 'step') this.#droppedSteps++;
      this.#settle(batch);
      return [];
    }
    const half = batch.length >> 1;
    const unwritten = await this.#writeBatch(batch.slice(0, half));
    if (unwritten.length > 0) return unwritten.concat(batch.slice(half));
    return this.#writeBatch(batch.slice(half));
  }

  #settle(batch: readonly Waiting[]): void {
    for (const { write, onSettled } of batch) {
      if (write.type === 'step') this.#waitingSteps--;
      onSettled?.();
    }
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wakeUp = resolve;
    await promise;
    clearTimeout(timer);
  }

  /** One line when the store goes away and one when it is back, however long it takes. */
  #noteAway(error: unknown): void {
    if (this.#droppedBefore !== undefined) return;
    this.#droppedBefore = this.#droppedSteps;
    const { logger } = this.#options;
    logger.warn(
      { err: error, waiting: this.waiting },
      'the session store is away: what journeys do waits for it',
    );
  }

  #noteBack(): void {
    if (this.#droppedBefore === undefined) return;
    const droppedSteps = this.#droppedSteps - this.#droppedBefore;
    this.#droppedBefore = undefined;
    this.#options.logger.info({ waiting: this.waiting, droppedSteps }, 'the session store is back');
  }
}
