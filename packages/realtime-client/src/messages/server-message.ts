// What the hub sends: `{type, data}` as JSON text. Times are Unix milliseconds.
import { RealtimeError } from '../errors/realtime-error.ts';

/** `data` of the messages that the hub knows today; a type that is not here has `unknown`. */
export interface ServerMessages {
  Status: { readonly status: string; readonly details: Readonly<Record<string, unknown>> };
  Pong: { readonly timestamp: number };
  Broadcast: {
    readonly topic: string;
    readonly payload: unknown;
    readonly metadata: {
      readonly sent_at: number;
      readonly message_id: string;
      /** Null for services and for anonymous senders. */
      readonly from_user: string | null;
    };
  };
  DirectMessage: {
    readonly from_user: string | null;
    readonly payload: unknown;
    readonly metadata: { readonly sent_at: number; readonly message_id: string };
  };
  Ack: {
    readonly message_id: string;
    readonly status: string;
    readonly recipients?: number;
    readonly delivered_to?: readonly string[];
  };
  AuthStatus: {
    readonly status: string;
    readonly expires_at: number;
    readonly refresh_required: boolean;
  };
  Error: {
    readonly code: number;
    readonly message: string;
    readonly details: Readonly<Record<string, unknown>>;
  };
}

export interface ServerMessage {
  readonly type: string;
  readonly data: unknown;
}

/** @throws {RealtimeError} INVALID_MESSAGE */
export function parseServerMessage(text: string): ServerMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (cause) {
    throw new RealtimeError('INVALID_MESSAGE', 'The hub sent something that is not JSON.', { cause });
  }
  if (!isFields(message) || typeof message.type !== 'string')
    throw new RealtimeError('INVALID_MESSAGE', 'The hub sent JSON that is no message with a type.');
  return message as unknown as ServerMessage;
}

/** An object's fields; of anything else, none: what the hub sends is not trusted to have the right shape. */
export function toFields(value: unknown): Readonly<Record<string, unknown>> {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
