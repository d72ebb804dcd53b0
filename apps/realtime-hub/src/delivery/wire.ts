// What the hub writes to, whatever it is.

export interface Wire {
  /** Bytes that the other side has not taken yet. */
  readonly queuedBytes: number;
  /** Hands on whole frames; what cannot be sent any more is left out without a word. */
  write(frames: Buffer): void;
}
