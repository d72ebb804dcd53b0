// What each message of a client makes the hub do (contracts 4.4).
import { randomUUID } from 'node:crypto';
import type { AccessTokens } from '../login-sessions/access.ts';
import type { ClientMessage } from '../messages/client-message.ts';
import { MessageError } from '../messages/message-error.ts';
import { toAck, toBroadcast, toDirectMessage, toPong, toStatus } from '../messages/server-message.ts';
import { publish } from '../topics/publish.ts';
import type { TopicIndex } from '../topics/topic-index.ts';
import { findOwner, isFor, isForServicesOnly, maySubscribeTo } from '../topics/topic-rights.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';

export interface TaskContext {
  readonly index: TopicIndex<Connection>;
  readonly connections: Connections;
  readonly tokens: AccessTokens;
  readonly maxTopics: number;
  /** Unix milliseconds. */
  readonly wallClock: () => number;
}

type MessageOf<Type extends ClientMessage['type']> = Extract<ClientMessage, { readonly type: Type }>;

/** False: nobody needs to be asked who the sender is now. */
export function needsStanding(message: ClientMessage, { access }: Connection): boolean {
  return access !== null && message.type !== 'Ping' && message.type !== 'ignored' && !isEmptyList(message);
}

/** Whoever left wants nothing for itself any more. */
function isForOthers({ type }: ClientMessage): boolean {
  return type === 'Broadcast' || type === 'DirectMessage';
}

function isEmptyList(message: ClientMessage): boolean {
  return 'topics' in message && message.topics.length === 0;
}

/** @throws {MessageError} what the client is told; nothing was done */
export function carryOut(context: TaskContext, connection: Connection, message: ClientMessage): void {
  if (connection.hasLeft && !isForOthers(message)) return;
  switch (message.type) {
    case 'Ping':
      connection.send(toPong(message.timestamp ?? context.wallClock()));
      break;
    case 'Subscribe':
      subscribe(context, connection, message.topics);
      break;
    case 'Unsubscribe':
      unsubscribe(context, connection, message.topics);
      break;
    case 'Broadcast':
      broadcast(context, connection, message);
      break;
    case 'DirectMessage':
      sendDirectMessage(context, connection, message);
      break;
    default:
      break;
  }
}

function subscribe(context: TaskContext, connection: Connection, topics: readonly string[]): void {
  const { subscriptions } = connection;
  if (topics.length > 0 && !connection.rights.maySubscribe) throw forbidden('You may not subscribe.');
  const foreign = topics.find((topic) => !maySubscribeTo(topic, connection));
  if (foreign !== undefined) throw forbidden('This topic belongs to another user.', { topic: foreign });
  const added = [...new Set(topics)].filter((topic) => !subscriptions.has(topic));
  if (subscriptions.size + added.length > context.maxTopics) {
    const message = `A connection may have at most ${context.maxTopics} topics; nothing was subscribed.`;
    throw new MessageError(400, message, { active_subscriptions: subscriptions.size });
  }
  for (const topic of added) {
    subscriptions.add(topic);
    context.index.add(topic, connection);
  }
  connection.send(toStatus('subscribed', { topics, active_subscriptions: subscriptions.size }));
}

function unsubscribe({ index }: TaskContext, connection: Connection, topics: readonly string[]): void {
  const { subscriptions } = connection;
  for (const topic of topics) if (subscriptions.delete(topic)) index.remove(topic, connection);
  connection.send(toStatus('unsubscribed', { topics, active_subscriptions: subscriptions.size }));
}

function broadcast(context: TaskContext, connection: Connection, message: MessageOf<'Broadcast'>): void {
  const { topic, payload, echo, id } = message;
  const details = id === null ? {} : { message_id: id };
  if (!connection.rights.mayWrite) throw forbidden('You may not send messages.', details);
  if (isForServicesOnly(topic)) throw forbidden('Only services publish on this topic.', details);
  if (!isFor(findOwner(topic), connection)) throw forbidden('This topic belongs to another user.', details);
  const messageId = id ?? `broadcast_${randomUUID()}`;
  const origin = { messageId, fromUser: connection.userId, sentAt: context.wallClock() };
  const text = render(() => toBroadcast(topic, payload, origin), details);
  const recipients = publish(context.index, topic, text, echo ? null : connection);
  connection.send(toAck(messageId, { recipients }));
}

function sendDirectMessage(
  context: TaskContext,
  connection: Connection,
  { targetUser, payload, id }: MessageOf<'DirectMessage'>,
): void {
  const details = id === null ? {} : { message_id: id };
  if (!connection.rights.mayWrite) throw forbidden('You may not send messages.', details);
  const messageId = id ?? `direct_${randomUUID()}`;
  const origin = { messageId, fromUser: connection.userId, sentAt: context.wallClock() };
  const text = render(() => toDirectMessage(payload, origin), details);
  const deliveredTo: string[] = [];
  for (const receiver of context.connections.ofUser(targetUser))
    if (receiver.send(text)) deliveredTo.push(receiver.id);
  if (deliveredTo.length === 0) {
    const sentence = `User ${targetUser.toWellFormed()} not found or not connected`;
    throw new MessageError(404, sentence, { message_id: messageId, queued: false });
  }
  connection.send(toAck(messageId, { delivered_to: deliveredTo }));
}

/** V8 reads deeper nesting than it writes. */
function render(toText: () => string, details: Readonly<Record<string, unknown>>): string {
  try {
    return toText();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new MessageError(400, 'Invalid message: payload is nested too deeply', details);
  }
}

function forbidden(message: string, details?: Readonly<Record<string, unknown>>): MessageError {
  return new MessageError(403, message, details);
}
