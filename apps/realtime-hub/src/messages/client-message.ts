// What clients send: `{type, data, id?, timestamp?}` as JSON text (contracts 4.4). Unknown keys are ignored.
import { isPattern, isTopic, isWildcard, TOPIC_RULE } from '../topics/topic-name.ts';
import { MessageError } from './message-error.ts';

export type ClientMessage =
  | { readonly type: 'Ping'; readonly timestamp: number | null }
  | {
      readonly type: 'Subscribe' | 'Unsubscribe';
      readonly id: string | null;
      readonly topics: readonly string[];
    }
  | {
      readonly type: 'Broadcast';
      readonly id: string | null;
      readonly topic: string;
      readonly payload: unknown;
      /** False leaves out the connection that sent it. */
      readonly echo: boolean;
    }
  | {
      readonly type: 'DirectMessage';
      readonly id: string | null;
      readonly targetUser: string;
      readonly payload: unknown;
    }
  | { readonly type: 'Auth'; readonly token: string }
  /** `Pong`, and what only a hub sends: a sign of life, and nothing more. */
  | { readonly type: 'ignored' };

const IGNORED = new Set(['Pong', 'Error', 'Ack', 'Status', 'AuthStatus', 'Notification', 'Presence']);
const MAX_ID_LENGTH = 128;
const MAX_USER_LENGTH = 255;

type Fields = Readonly<Record<string, unknown>>;

/** @throws {MessageError} 400, with the `message_id` where the client gave one */
export function parseClientMessage(text: string): ClientMessage {
  const message = parseObject(text);
  const id = parseId(message.id);
  const invalid = (reason: string) => invalidMessage(reason, id);
  const { type, data = {} } = message;
  if (typeof type !== 'string') throw invalid('type must be a string');
  if (IGNORED.has(type)) return { type: 'ignored' };
  if (!isObject(data)) throw invalid('data must be an object');
  switch (type) {
    case 'Ping':
      return { type, timestamp: parseTimestamp(data.timestamp, invalid) };
    case 'Subscribe':
    case 'Unsubscribe':
      return { type, id, topics: parseTopics(data.topics, invalid) };
    case 'Broadcast':
      return { type, id, ...parseBroadcast(data, invalid) };
    case 'DirectMessage':
      return { type, id, ...parseDirectMessage(data, invalid) };
    case 'Auth':
      if (typeof data.token !== 'string' || data.token === '') throw invalid('token must be a string');
      return { type, token: data.token };
    default:
      throw invalid(`unknown type ${JSON.stringify(type.slice(0, 50))}`);
  }
}

function parseObject(text: string): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidMessage('it must be JSON', null);
  }
  if (!isObject(parsed)) throw invalidMessage('it must be a JSON object', null);
  return parsed;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A client's own name for a message, which its answer repeats. */
function parseId(id: unknown): string | null {
  if (id === undefined || id === null) return null;
  if (typeof id !== 'string' || id.length === 0 || id.length > MAX_ID_LENGTH || !id.isWellFormed())
    throw invalidMessage(`id must be a string of 1 to ${MAX_ID_LENGTH} characters`, null);
  return id;
}

type Invalid = (reason: string) => MessageError;

function invalidMessage(reason: string, id: string | null): MessageError {
  return new MessageError(400, `Invalid message: ${reason}`, id === null ? {} : { message_id: id });
}

/** Null where the client left it out. */
function parseTimestamp(timestamp: unknown, invalid: Invalid): number | null {
  if (timestamp === undefined || timestamp === null) return null;
  if (typeof timestamp !== 'number') throw invalid('timestamp must be a number');
  return timestamp;
}

function parseTopics(topics: unknown, invalid: Invalid): readonly string[] {
  if (!Array.isArray(topics)) throw invalid('topics must be an array');
  const wrong = topics.findIndex((topic) => !isPattern(topic));
  if (wrong >= 0)
    throw invalid(`topics[${wrong}] is not one: ${TOPIC_RULE}; a whole segment may be "*", the last "**"`);
  return topics;
}

function parseBroadcast(data: Fields, invalid: Invalid) {
  const { topic, payload, echo = true } = data;
  if (typeof topic === 'string' && isWildcard(topic))
    throw invalid('a message goes to one topic, without wildcards');
  if (!isTopic(topic)) throw invalid(TOPIC_RULE);
  if (payload === undefined) throw invalid('payload is missing');
  if (typeof echo !== 'boolean') throw invalid('echo must be true or false');
  return { topic, payload, echo };
}

function parseDirectMessage(data: Fields, invalid: Invalid) {
  const { target_user: targetUser, payload } = data;
  if (typeof targetUser !== 'string' || targetUser.length === 0 || targetUser.length > MAX_USER_LENGTH)
    throw invalid(`target_user must be a string of 1 to ${MAX_USER_LENGTH} characters`);
  if (payload === undefined) throw invalid('payload is missing');
  return { targetUser, payload };
}
