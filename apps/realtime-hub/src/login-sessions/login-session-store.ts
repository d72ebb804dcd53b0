// Who is logged in. Two sides keep this promise: `login-session-store-redis.ts`, `login-session-store-postgres.ts`.

/** A login: it begins with POST /sessions and ends with DELETE, or when its refresh token ends. */
export interface LoginSession {
  /** A UUID; the claim `session_id` of its tokens. */
  readonly id: string;
  /** `user_` and the account's id (H8). */
  readonly userId: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** When its refresh token ends. Unix milliseconds. */
  readonly expiresAt: number;
}

/** Every method throws a `LoginSessionsUnavailableError` while the store is out of reach. */
export interface LoginSessionStore {
  /**
   * Where a user has more than `limit` sessions with this one, the oldest end; 0: no limit. Returns the ids of those
   * that ended.
   */
  create(session: LoginSession, limit: number): Promise<readonly string[]>;
  /** Null once it ended. */
  find(id: string): Promise<LoginSession | null>;
  /** Those of `ids` that are still there. One question to the store, however many there are. */
  findLive(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** False when there was none: of many at once exactly one is told true. */
  end(id: string): Promise<boolean>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export class LoginSessionsUnavailableError extends Error {
  override readonly name = 'LoginSessionsUnavailableError';
}
