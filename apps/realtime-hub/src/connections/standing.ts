// What becomes of a connection when its account or its login changed.
import { MessageError } from '../messages/message-error.ts';
import { toStatus } from '../messages/server-message.ts';
import type { Standing } from '../people/people.ts';
import { NO_RIGHTS, type Rights, toRights } from '../rights/rights.ts';
import type { TopicIndex } from '../topics/topic-index.ts';
import { maySubscribeTo } from '../topics/topic-rights.ts';
import { CLOSE } from './close-code.ts';
import type { Connection } from './connection.ts';

/** While the stores are away and nothing is known, nobody has a right, and messages are answered 503. */
export function toRightsOf(standing: Standing, permissions: readonly string[]): Rights {
  return standing.is === 'present' ? toRights(permissions, standing.roles) : NO_RIGHTS;
}

export function applyStanding(
  connection: Connection,
  standing: Standing,
  index: TopicIndex<Connection>,
): void {
  if (connection.access === null || connection.hasEnded || standing.is === 'unknown') return;
  connection.rights = toRightsOf(standing, connection.access.permissions);
  if (!connection.isOpen) return;
  if (connection.rights.mayRead) dropForeignTopics(connection, index);
  else endAuth(connection, 'Your session has ended.');
}

/** Tells why, and closes: a new token is needed. */
export function endAuth(connection: Connection, sentence: string): void {
  connection.sendError(new MessageError(401, sentence));
  connection.close(CLOSE.authEnded, sentence);
}

/** Topics of others, of one who was an admin: nothing is delivered there any more, and the client is told. */
function dropForeignTopics(connection: Connection, index: TopicIndex<Connection>): void {
  const { subscriptions, rights } = connection;
  if (rights.isAdmin) return;
  const topics = [...subscriptions].filter((topic) => !maySubscribeTo(topic, connection));
  if (topics.length === 0) return;
  for (const topic of topics) {
    subscriptions.delete(topic);
    index.remove(topic, connection);
  }
  connection.send(toStatus('unsubscribed', { topics, active_subscriptions: subscriptions.size }));
}
