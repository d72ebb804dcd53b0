// What the clients need of a WebSocket, whoever makes it: the browser, or `ws` in Node.

export interface Socket {
  /** False once it is closing. */
  readonly isOpen: boolean;
  send(text: string): void;
  /** A protocol ping, where the platform has them; its answer is the listener's `ponged`. */
  ping(): void;
  /** Sends what was written, says why, and waits a moment for the other side. The listener hears nothing more. */
  close(code: number, reason: string): void;
  /** Ends at once: the other side does not answer. The listener hears nothing more. */
  drop(): void;
}

export interface SocketListener {
  opened(): void;
  /** A text message. */
  heard(text: string): void;
  /** A message of bytes, which the hub never sends. */
  heardBytes(): void;
  ponged(): void;
  /** Once at most, before or after `opened`. */
  ended(end: End): void;
}

/** How a socket ended. */
export type End =
  /** 1006 where no close frame came; before `opened`, a handshake that failed for a reason nobody tells. */
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string }
  /** The handshake was answered with HTTP. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly message: string;
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: 'failed'; readonly error: Error };

/** What a handshake is made of: address and token in their places. */
export interface Handshake {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

/** May throw where the platform refuses the handshake itself. */
export type OpenSocket = (handshake: Handshake, listener: SocketListener) => Socket;
