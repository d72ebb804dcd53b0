/** Sessions and what their journeys did, where they stay. Two sides keep this promise: `session-store-mongo.ts`, `session-store-postgres.ts`. */
import type { Driver, JourneyEnd, JourneyStep } from '../journeys/journey.ts';

/** `started` is the only one that is not an end. */
export type StoredStatus = 'started' | 'stopped' | 'completed' | 'failed';

export interface NewSession {
  /** 24 hexadecimal digits, as an ObjectId. */
  readonly id: string;
  /** The username, as documented. */
  readonly userId: string;
  readonly searchKeyword: string;
  readonly targetDomain: string;
  readonly threadCount: number;
  readonly driver: Driver;
  /** The runner that plays it; see `RunnerLease`. */
  readonly runner: string;
  readonly createdAt: Date;
}

export interface StoredSession extends NewSession {
  readonly status: StoredStatus;
  readonly updatedAt: Date;
}

export interface StoredJourney {
  /** 1 to the session's thread count. */
  readonly journey: number;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Null while it waits or runs. */
  readonly end: JourneyEnd | null;
  readonly steps: readonly JourneyStep[];
}

export type SessionWrite =
  | {
      readonly type: 'journey-started';
      readonly sessionId: string;
      readonly journey: number;
      readonly at: Date;
    }
  | {
      readonly type: 'step';
      readonly sessionId: string;
      readonly journey: number;
      readonly step: JourneyStep;
    }
  | {
      readonly type: 'journey-ended';
      readonly sessionId: string;
      readonly journey: number;
      readonly end: JourneyEnd;
      readonly at: Date;
    }
  | {
      readonly type: 'session-ended';
      readonly sessionId: string;
      readonly status: Exclude<StoredStatus, 'started'>;
      readonly at: Date;
    };

/** Every method throws a `SessionStoreUnavailableError` while the store is out of reach. */
export interface SessionStore {
  create(session: NewSession): Promise<void>;
  /** Writes in order; repeating a batch whose answer was lost changes nothing. An ended session never changes again. */
  write(batch: readonly SessionWrite[]): Promise<void>;
  find(id: string): Promise<StoredSession | null>;
  /** Every journey of a session, in order. */
  listJourneys(id: string): Promise<readonly StoredJourney[]>;
  /** The newest first. */
  listByUser(userId: string, limit: number): Promise<readonly StoredSession[]>;
  /** Says that this runner lives, for as long as it goes on saying so. */
  renewLease(runner: string, at: Date): Promise<void>;
  /**
   * Ends as `failed` every started session, with its journeys, that belongs to `runner` from before it started, or to a
   * runner whose lease was last renewed before `leaseLimit`. Returns their ids.
   */
  failAbandoned(
    runner: { readonly name: string; readonly leaseLimit: Date },
    reason: string,
  ): Promise<readonly string[]>;
  ping(): Promise<void>;
}

export class SessionStoreUnavailableError extends Error {
  override readonly name = 'SessionStoreUnavailableError';
}
