// What a store must offer so that a bus can stand on it: one connection that sends, one that receives.

export interface Connection {
  /** Resolves, with the reason, when the connection has ended, for whatever reason. */
  readonly lost: Promise<Error>;
  /** Rejects within a few seconds when the server does not answer. */
  ping(): Promise<void>;
  /** Ends the connection, by force where the server does not take part; never rejects. */
  close(): Promise<void>;
}

export interface Outgoing {
  readonly topic: string;
  /** The event as `encodeEvent` writes it. */
  readonly line: string;
  readonly bytes: number;
}

export interface SendingConnection extends Connection {
  /**
   * Resolves when the store has taken the batch, in its order, with the errors of those that it refused, by their
   * place. Rejects within a few seconds when nobody knows what became of it; then the same may be sent again.
   */
  send(publisher: string, batch: readonly Outgoing[]): Promise<ReadonlyMap<number, Error>>;
}

export interface ReceivingConnection extends Connection {
  /** Resolves when messages to these patterns arrive. More may arrive than that, and the same more than once. */
  listen(patterns: readonly string[]): Promise<void>;
  unlisten(pattern: string): Promise<void>;
}

export interface Receiver {
  onMessage(text: string): void;
  /** A message was announced and cannot be read. */
  onMissed(error: Error): void;
}

export interface BusStore {
  /** The store's name in sentences. */
  readonly title: string;
  /** The least time between two batches. */
  readonly sendIntervalMs: number;
  /** Both reject within a few seconds when the server does not answer, or at once when the signal says so. */
  openSending(signal: AbortSignal): Promise<SendingConnection>;
  openReceiving(receiver: Receiver, signal: AbortSignal): Promise<ReceivingConnection>;
}
