/** The pool of journeys: a bounded line in which people take turns, in front of threads that play one journey each. */
import { AppError, type Logger } from '@trafficflux/service-kit';
import type {
  JourneyCounts,
  JourneyEnd,
  JourneyListener,
  JourneyOrder,
  JourneyPool,
  RunningJourney,
} from './journey.ts';
import type { JourneyConfig } from './journey-config.ts';
import { JourneyLine } from './pool/journey-line.ts';
import { JourneyThreads } from './pool/journey-threads.ts';
import type { PlayedJourney } from './pool/played-journey.ts';

const RETRY_AFTER_SECONDS = 5;

export interface JourneyPoolOptions {
  /** THREAD_POOL_SIZE: how many journeys are played at once. */
  readonly threads: number;
  /** How many may wait (H14). */
  readonly lineLength: number;
  readonly config: JourneyConfig;
  /** TARGET_ALLOWLIST, as it was checked. */
  readonly allowList: string;
  readonly logger: Pick<Logger, 'error'>;
  /** What each thread runs, in place of our own: a file that exports `ThreadModule`. */
  readonly threadFile?: URL;
}

/** Nothing waits in it but what a place in the line needs: threads, ports and timers come with the turn. */
export function createJourneyPool(options: JourneyPoolOptions): JourneyPool {
  return new ThreadedJourneyPool(options);
}

interface Entry {
  readonly order: JourneyOrder;
  readonly listener: JourneyListener;
  readonly resolve: (end: JourneyEnd) => void;
  /** Null while it is in the line. */
  played: PlayedJourney | null;
}

class ThreadedJourneyPool implements JourneyPool {
  readonly #options: JourneyPoolOptions;
  readonly #threads: JourneyThreads;
  readonly #line = new JourneyLine<Entry>();
  readonly #played = new Set<PlayedJourney>();
  #closed: Promise<void> | null = null;

  constructor(options: JourneyPoolOptions) {
    this.#options = options;
    this.#threads = new JourneyThreads({
      threads: options.threads,
      config: options.config,
      allowList: options.allowList,
      threadFile: options.threadFile ?? new URL('./journey-thread.ts', import.meta.url),
      onError: (error, order) => this.#log(error, order),
    });
  }

  get counts(): JourneyCounts {
    let running = 0;
    let waiting = this.#line.length;
    for (const { isRunning, isWaiting } of this.#played) {
      if (isRunning) running++;
      // Who has been given a thread that is only starting still waits.
      else if (isWaiting) waiting++;
    }
    return { threads: this.#options.threads, running, waiting };
  }

  start(order: JourneyOrder, listener: JourneyListener): RunningJourney {
    if (this.#closed !== null) throw createClosedError();
    const isFree = this.#played.size < this.#options.threads;
    if (!isFree && this.#line.length >= this.#options.lineLength) throw createFullError();
    const { promise, resolve } = Promise.withResolvers<JourneyEnd>();
    const entry: Entry = { order, listener, resolve, played: null };
    if (isFree) this.#play(entry);
    else this.#line.add(order.userId, entry);
    return { ended: promise, stop: () => this.#stop(entry) };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #play(entry: Entry): void {
    const played = this.#threads.play(entry.order, entry.listener);
    entry.played = played;
    this.#played.add(played);
    void played.ended.then(entry.resolve);
    void played.freed.then(() => {
      this.#played.delete(played);
      this.#playNext();
    });
  }

  /** The place goes to whoever has waited: nobody who arrives now can overtake the line. */
  #playNext(): void {
    const next = this.#line.takeNext();
    if (next !== undefined) this.#play(next);
  }

  #stop(entry: Entry): void {
    if (entry.played !== null) entry.played.stop();
    else if (this.#line.remove(entry.order.userId, entry)) entry.resolve({ status: 'stopped' });
  }

  async #close(): Promise<void> {
    for (let entry = this.#line.takeNext(); entry !== undefined; entry = this.#line.takeNext())
      entry.resolve({ status: 'stopped' });
    for (const played of this.#played) played.stop();
    await Promise.all(Array.from(this.#played, (played) => played.freed));
    await this.#threads.close();
  }

  #log(error: unknown, order: JourneyOrder | null): void {
    const journey = order === null ? {} : { sessionId: order.sessionId, journey: order.journey };
    this.#options.logger.error({ err: error, ...journey }, 'a journey thread failed');
  }
}

function createFullError(): AppError {
  return new AppError('rate-limited', 'Too many journeys are waiting. Please try again later.', {
    code: 'JOURNEY_LINE_FULL',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

function createClosedError(): AppError {
  return new AppError('unavailable', 'The session runner is shutting down. Please try again later.', {
    code: 'SHUTTING_DOWN',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
