/** Publish and subscribe between services. Two sides keep this promise: `event-bus-redis.ts`, `event-bus-postgres.ts`. */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

export interface BusEvent {
  /** Dot-separated segments of `[A-Za-z0-9_:-]`, 1 to 255 characters: `users.user_1.automation`. */
  readonly topic: string;
  readonly data: Json;
}

export interface BusSubscriber {
  /** Events of one publisher arrive in the order in which it published them, each once. */
  onEvent(event: BusEvent): void;
  /** The connection was away and is back: events may have been missed in between. */
  onGap?(): void;
}

export interface BusSubscription {
  /** Resolves when no further event can arrive. */
  close(): Promise<void>;
}

/** At most once: whoever is subscribed and connected gets an event; nobody keeps it for later. */
export interface EventBus {
  /**
   * Resolves when the store has taken the event. `data` has at most 64 KB as JSON.
   *
   * @throws {BusError} `TOO_LARGE`, `BAD_TOPIC`; `UNAVAILABLE` when the store is away or too much waits for it
   */
  publish(topic: string, data: Json): Promise<void>;
  /**
   * Resolves when events published from now on arrive. In a pattern `*` stands for exactly one segment, and a
   * final `**` for one or more (H8).
   *
   * @throws {BusError} `BAD_TOPIC`; `UNAVAILABLE` when the store is away
   */
  subscribe(pattern: string, subscriber: BusSubscriber): Promise<BusSubscription>;
  /** For readiness. @throws {BusError} `UNAVAILABLE` */
  ping(): Promise<void>;
  /** Sends what is waiting, as far as the store takes it within a second, and closes all connections. */
  close(): Promise<void>;
}

export type BusProblem = 'BAD_TOPIC' | 'TOO_LARGE' | 'UNAVAILABLE' | 'CLOSED';

export class BusError extends Error {
  override readonly name = 'BusError';
  readonly code: BusProblem;

  constructor(code: BusProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
