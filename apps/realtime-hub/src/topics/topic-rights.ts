// Whose a topic is: some are for one user only, and some only services publish to (H8, H15).
import type { Rights } from '../rights/rights.ts';

/** Null for anonymous connections. */
export interface Person {
  readonly userId: string | null;
  readonly rights: Rights;
}

const USERS = 'users.';
const SERVICE_TOPICS = /^(?:campaigns\.|runs\.|users\.[^.]*\.automation(?:\.|$))/;

/** The user to whom a topic under `users.<user id>.` belongs; null where it is for everybody. */
export function findOwner(topicOrPattern: string): string | null {
  if (!topicOrPattern.startsWith(USERS)) return null;
  const end = topicOrPattern.indexOf('.', USERS.length);
  return end < 0 ? null : topicOrPattern.slice(USERS.length, end);
}

/** A private topic belongs to its owner and to admins. */
export function isFor(owner: string | null, person: Person): boolean {
  return owner === null || owner === person.userId || person.rights.isAdmin;
}

/**
 * A pattern that covers topics of many users is accepted, and never delivers a private message to others: only one
 * that names another user is refused.
 */
export function maySubscribeTo(pattern: string, person: Person): boolean {
  const owner = findOwner(pattern);
  return owner?.startsWith('*') === true || isFor(owner, person);
}

export function isForServicesOnly(topic: string): boolean {
  return SERVICE_TOPICS.test(topic);
}
