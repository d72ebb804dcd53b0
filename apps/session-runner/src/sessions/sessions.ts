/** What the routes ask of sessions: start, look, stop. `session-service.ts` keeps this promise. */
import type { Driver, JourneyStep } from '../journeys/journey.ts';
import type { StoredSession } from './session-store.ts';

export interface SessionOrder {
  readonly username: string;
  /** `user_` and the account's id: the topic of its events. */
  readonly userId: string;
  readonly searchKeyword: string;
  readonly targetDomain: string;
  readonly threadCount: number;
}

export interface StartedSession {
  readonly sessionId: string;
  readonly driver: Driver;
}

/** `stopping` lasts until the last of its journeys has ended. */
export type SessionStatus = 'running' | 'stopping' | 'stopped' | 'completed' | 'failed';

export interface SessionView {
  readonly sessionId: string;
  readonly username: string;
  readonly searchKeyword: string;
  readonly targetDomain: string;
  readonly driver: Driver;
  readonly status: SessionStatus;
  readonly totalThreads: number;
  /** Those that a thread plays now; the others wait or have ended. */
  readonly runningThreads: number;
  /** Those that have ended, however they ended. */
  readonly completedThreads: number;
}

export interface JourneyView {
  readonly journey: number;
  readonly status: 'waiting' | 'running' | 'completed' | 'failed' | 'stopped';
  readonly reason: string | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly steps: readonly JourneyStep[];
}

export interface StoppedSession {
  readonly sessionId: string;
  /** Journeys that had ended, however they ended, when the answer was given. */
  readonly threadsCompleted: number;
  readonly totalThreads: number;
}

export interface Sessions {
  /**
   * Stores the session and gives its journeys to the pool.
   *
   * @throws {AppError} `bad-request` for a wrong thread count, `rate-limited` with too many active or waiting,
   * `unavailable` while the store is away
   */
  start(order: SessionOrder): Promise<StartedSession>;
  /** The active sessions of a user that are played here, in the order of their start. */
  listActive(username: string): readonly SessionView[];
  /** Those at all runners, in the order of their start; of others' as far as it is recorded. */
  listAllActive(username: string): Promise<readonly SessionView[]>;
  /** @throws {AppError} `not-found`; `forbidden` when it is another's */
  view(
    username: string,
    sessionId: string,
  ): Promise<SessionView & { readonly journeys: readonly JourneyView[] }>;
  /**
   * Stops it, whichever runner plays it. Waits until its journeys have ended, at most about a second; for another
   * runner two, after which its end is recorded here.
   *
   * @throws {AppError} as `view`
   */
  stop(username: string, sessionId: string): Promise<StoppedSession>;
  stopAll(username: string): Promise<readonly StoppedSession[]>;
  /** The newest first. */
  history(username: string, limit: number): Promise<readonly StoredSession[]>;
  /** Of this runner. */
  readonly counts: SessionCounts;
  /** The threads are those of this runner, the active sessions those of all. */
  countAll(): Promise<SessionCounts>;
  /** Stops everything, records how it ended, and closes the pool. */
  close(): Promise<void>;
}

export interface SessionCounts {
  readonly maxThreads: number;
  readonly threadPoolSize: number;
  /** Of all users. */
  readonly activeSessions: number;
  /** `max(0, pool − threads of active sessions)` (H14). */
  readonly availableThreads: number;
  readonly runningThreads: number;
  readonly waitingThreads: number;
}
