// What a client tells beside the messages themselves.
import type { RealtimeError } from '../errors/realtime-error.ts';
import type { ServerMessage } from '../messages/server-message.ts';

export interface Closed {
  /** Of the close frame (RFC 6455 §7.4); 1006 where none came. */
  readonly code: number;
  readonly reason: string;
}

export interface Reconnecting {
  /** From 1. */
  readonly attempt: number;
  readonly delayMs: number;
}

/** Arguments by event. */
export interface ClientEvents {
  connected: [];
  disconnected: [Closed];
  /** It will try again after the delay. */
  reconnecting: [Reconnecting];
  /** Every message, known or not. */
  message: [ServerMessage];
  /** The answer to a protocol ping; browsers have none. */
  pong: [];
  error: [RealtimeError];
  max_reconnect_attempts_reached: [];
  /** It will not try again by itself, and why. */
  stopped: [RealtimeError];
}

export type ClientEvent = keyof ClientEvents;

/** A message from the hub can have none of these names, so that it cannot be taken for an event. */
export const EVENTS: ReadonlySet<string> = new Set<ClientEvent>([
  'connected',
  'disconnected',
  'reconnecting',
  'message',
  'pong',
  'error',
  'max_reconnect_attempts_reached',
  'stopped',
]);

export interface Audience {
  tell<Event extends ClientEvent>(event: Event, ...args: ClientEvents[Event]): void;
  /** A message, to those who listen to its type. */
  deliver(message: ServerMessage): void;
}
