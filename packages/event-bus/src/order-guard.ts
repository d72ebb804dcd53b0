// Keeps events in order, each once. A message may reach us twice, since a publisher sends again what was not
// acknowledged before its connection broke; and a stalled server may read an old connection after its successor.

export interface OrderGuard {
  /** Says whether the event is newer than all that came from its publisher, and remembers it. */
  accepts(publisher: string, sequence: number): boolean;
}

/** Remembers the publishers heard last. Who falls out was silent while a thousand others spoke. */
const MAX_PUBLISHERS = 1000;

export function createOrderGuard(maxPublishers = MAX_PUBLISHERS): OrderGuard {
  const newest = new Map<string, number>();
  return {
    accepts(publisher, sequence) {
      if (sequence <= (newest.get(publisher) ?? -1)) return false;
      // Deleted first, so that the order of the map is that of hearing.
      // Deleted first, so that the map lists them in the order in which they were last heard.
      newest.delete(publisher);
      newest.set(publisher, sequence);
      if (newest.size > maxPublishers) newest.delete(newest.keys().next().value ?? '');
      return true;
    },
  };
}
