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
  /** The process that plays it: the name of a runner, `/`, and a mark of its start. */
  readonly runner: string;
  readonly createdAt: Date;
}

export interface StoredSession extends NewSession {
  readonly status: StoredStatus;
  readonly updatedAt: Date;
}

/** A started session with what its journeys have come to, as far as it is recorded. */
export interface ActiveSession extends StoredSession {
  readonly runningThreads: number;
  readonly completedThreads: number;
}

/** A session that its runner left behind. */
export interface AbandonedSession {
  readonly id: string;
  /** The username. */
  readonly userId: string;
  readonly threadCount: number;
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
      /** Of its journeys that have no end of their own yet. */
      readonly reason: string;
      readonly at: Date;
    };

/** A runner that has started sessions in the store. */
export interface SessionOwner {
  readonly runner: string;
  /** How often it has renewed its lease; 0 where it has none. */
  readonly beat: number;
}

/** Every method throws a `SessionStoreUnavailableError` while the store is out of reach. */
export interface SessionStore {
  /** Creates the session, and its journeys as waiting. */
  create(session: NewSession): Promise<void>;
  /**
   * Writes in order; repeating a batch whose answer was lost changes nothing. An ended session never changes again:
   * what comes for it is left out.
   *
   * @throws {SessionStoreRefusedError} something in the batch can never be stored
   */
  write(batch: readonly SessionWrite[]): Promise<void>;
  find(id: string): Promise<StoredSession | null>;
  /** Every journey of a session, in order. */
  listJourneys(id: string): Promise<readonly StoredJourney[]>;
  /** The newest first; of equal times the greater id first. */
  listByUser(userId: string, limit: number): Promise<readonly StoredSession[]>;
  /** The started sessions of a user, whoever plays them, in the order of their start. */
  listActive(userId: string): Promise<readonly ActiveSession[]>;
  /** How many sessions of all users are started at other runners than this one. */
  countElsewhere(runner: string): Promise<number>;
  /** The ids of the started sessions of a runner. */
  listStarted(runner: string): Promise<readonly string[]>;
  /**
   * Counts the runner's beat up. False says that somebody has taken it for dead since the last time, and failed its
   * sessions: it goes on under another mark.
   */
  renewLease(runner: string): Promise<boolean>;
  /** For a runner that ends: it has no sessions any more. */
  dropLease(runner: string): Promise<void>;
  /** Who has started sessions, itself included. */
  listOwners(): Promise<readonly SessionOwner[]>;
  /**
   * Ends as `failed` the started sessions of a runner, with their journeys, unless its beat has changed meanwhile.
   */
  failAbandoned(owner: SessionOwner, reason: string): Promise<readonly AbandonedSession[]>;
  ping(): Promise<void>;
}

export class SessionStoreUnavailableError extends Error {
  override readonly name = 'SessionStoreUnavailableError';
}

/** What was given can never be stored, however often one tries. */
export class SessionStoreRefusedError extends Error {
  override readonly name = 'SessionStoreRefusedError';
}

/** Another text than this is the id of no session. */
export function isSessionId(text: string): boolean {
  return /^[0-9a-f]{24}$/.test(text);
}
