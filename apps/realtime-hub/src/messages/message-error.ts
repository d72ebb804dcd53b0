// What the hub tells a client that it cannot do what it was asked for: an `Error` message, and the connection stays.

export class MessageError extends Error {
  override readonly name = 'MessageError';
  readonly code: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: number, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
