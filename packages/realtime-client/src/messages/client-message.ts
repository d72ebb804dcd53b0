// What a client sends: `{type, data, id?, timestamp?}` as JSON text.

export interface ClientMessage {
  readonly type: string;
  readonly data?: unknown;
  /** The sender's own name for the message; the hub repeats it in its answer as `message_id`. */
  readonly id?: string;
  /** Unix milliseconds. */
  readonly timestamp?: number;
}

export interface MessageOptions {
  /** Up to 128 characters; repeated in the `Ack` or `Error` as `message_id`. */
  readonly id?: string;
}

export interface BroadcastOptions extends MessageOptions {
  /** False leaves out the sending connection, although it is subscribed to the topic. */
  readonly echo?: boolean;
}

export function toSubscribe(topics: readonly string[], id: string): ClientMessage {
  return { type: 'Subscribe', data: { topics }, id };
}

export function toUnsubscribe(topics: readonly string[]): ClientMessage {
  return { type: 'Unsubscribe', data: { topics } };
}

export function toBroadcast(topic: string, payload: unknown, options: BroadcastOptions = {}): ClientMessage {
  const { id, echo } = options;
  const data = { topic, payload, ...(echo !== undefined && { echo }) };
  return { type: 'Broadcast', data, ...(id !== undefined && { id }) };
}

export function toDirectMessage(
  targetUser: string,
  payload: unknown,
  { id }: MessageOptions = {},
): ClientMessage {
  const data = { target_user: targetUser, payload };
  return { type: 'DirectMessage', data, ...(id !== undefined && { id }) };
}

export function toPing(now: number): ClientMessage {
  return { type: 'Ping', data: { timestamp: now } };
}

export function toAuth(token: string): ClientMessage {
  return { type: 'Auth', data: { token } };
}
