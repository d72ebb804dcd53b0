// What the hub counts (contracts 4.5), as it is at the moment when it is read.
import type { TopicIndex } from '../topics/topic-index.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Counts } from './counts.ts';

export interface HubStatistics {
  readonly activeConnections: number;
  /** Since the start; so below. */
  readonly totalConnections: number;
  /** Messages of the hub, each copy for itself; control frames are none. */
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Of reading, of handling, of sockets. */
  readonly errors: number;
  /** Connections that were ended because they did not read or did not answer. */
  readonly dropped: number;
  /** Topics that somebody is subscribed to by name. */
  readonly topics: number;
  /** Subscriptions with a wildcard. */
  readonly patterns: number;
}

export function createStatistics(
  counts: Counts,
  connections: Pick<Connections, 'size'>,
  index: Pick<TopicIndex<Connection>, 'topics' | 'patterns'>,
): HubStatistics {
  return {
    get activeConnections() {
      return connections.size;
    },
    get totalConnections() {
      return counts.connections;
    },
    get messagesSent() {
      return counts.sent;
    },
    get messagesReceived() {
      return counts.received;
    },
    get errors() {
      return counts.errors;
    },
    get dropped() {
      return counts.dropped;
    },
    get topics() {
      return index.topics;
    },
    get patterns() {
      return index.patterns;
    },
  };
}
