/** A journey: what one thread of a session plays, and what it says of itself while it does. */

/** `http` visits the target for real; `dry-run` walks the same way without network (H7). */
export type Driver = 'http' | 'dry-run';

export interface JourneyOrder {
  readonly sessionId: string;
  /** 1 to the session's thread count. */
  readonly journey: number;
  /** Whose place in the line it takes: people take turns. */
  readonly userId: string;
  readonly searchKeyword: string;
  /** A bare host or a URL of http or https, as it was given and checked. */
  readonly targetDomain: string;
  readonly driver: Driver;
}

export interface JourneyStep {
  /** From 1, in the order in which they were made. */
  readonly number: number;
  readonly action: 'robots' | 'visit' | 'search' | 'follow' | 'pause';
  /** Null where a step has none (`search`, `pause`). */
  readonly url: string | null;
  readonly outcome: 'ok' | 'failed' | 'blocked' | 'skipped' | 'rehearsed';
  /** The HTTP status, where there was an answer. */
  readonly status: number | null;
  /** Unix milliseconds. */
  readonly startedAtMs: number;
  /** Milliseconds, by the monotonic clock, with microseconds behind the point. */
  readonly durationMs: number;
  /** Bytes of the body that were read. */
  readonly bytes: number | null;
  /** How often the keyword stands in what was fetched. */
  readonly matches: number | null;
  /** One sentence on what happened, for people. */
  readonly note: string | null;
}

/**
 * It is `completed` once its first page was fetched, or rehearsed: a keyword that is nowhere, a later page that fails and
 * the time limit change nothing about that. It has `failed` when its first page could not be fetched (no connection, no
 * answer in time, a status other than 2xx, forbidden by robots.txt or by the list), or when its thread broke.
 */
export type JourneyEnd =
  | { readonly status: 'completed' }
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'stopped' };

export interface JourneyListener {
  /** A thread has taken it out of the line. */
  onStart(): void;
  /** In order, between `onStart` and the end. */
  onStep(step: JourneyStep): void;
}

export interface RunningJourney {
  /** Takes it out of the line, or tells its thread to stop: it has ended within a second, also while its target hangs. */
  stop(): void;
  /** Never rejects. Its listener is told nothing after it. */
  readonly ended: Promise<JourneyEnd>;
}

export interface JourneyPool {
  readonly counts: JourneyCounts;
  /** Takes a place in the line. @throws {AppError} `rate-limited` when the line is full, or `unavailable` after `close` */
  start(order: JourneyOrder, listener: JourneyListener): RunningJourney;
  /** Stops everything and ends the threads. */
  close(): Promise<void>;
}

export interface JourneyCounts {
  /** THREAD_POOL_SIZE. */
  readonly threads: number;
  readonly running: number;
  readonly waiting: number;
}
