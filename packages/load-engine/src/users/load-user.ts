/** What the load of a thread needs of a user, of either kind. */
export interface LoadUser {
  /** Iterations in a loop, until the gate admits none or the user is to go. */
  start(): void;
  /** One iteration, which was to start `lateMs` ago. */
  fire(lateMs: number): void;
  /** It is to go when its iteration is through. */
  retire(): void;
  /** It may stay after all. */
  stay(): void;
  /** No further iteration will be admitted. */
  drain(): void;
  /** The run is over: nothing but what is in flight goes on. */
  close(): void;
  /** Ends at once; what is in flight counts as failed for the reason given. */
  cut(reason: string): void;
}

export interface LoadUserListener {
  /** The iteration that was fired is through. */
  onIdle(user: LoadUser): void;
  /** It does nothing more. */
  onEnded(user: LoadUser): void;
}
