/** Who decides when something starts. */
export interface Executor {
  /** Starts what is due: at the begin, and before the end. */
  follow(): void;
  /** Starts nothing more. */
  stop(): void;
  /** Whether something is still to come. */
  readonly hasMore: boolean;
  /** Another level from `atMs` of the clock on: users, or starts per second. */
  scale(level: number, atMs: number): void;
}
