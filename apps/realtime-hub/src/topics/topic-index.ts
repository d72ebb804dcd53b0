// Who is subscribed to what. It knows no sockets: a subscriber is anything that can be marked as already served.
import { PatternTree } from './pattern-tree.ts';
import { isWildcard } from './topic-name.ts';

export interface Marked {
  /** The number of the last message that it was visited for; the index keeps it. */
  visit: number;
}

/**
 * The subscribers of each topic. What a message costs depends on those who get it, and not on how many topics there are.
 *
 * Exact topics lie in 64 shards, so that no table ever grows by copying all of them in one turn of the event loop.
 */
export class TopicIndex<Subscriber extends Marked> {
  readonly #shards = Array.from({ length: SHARDS }, () => new Map<string, Set<Subscriber>>());
  readonly #patterns = new PatternTree<Subscriber>();
  readonly #found: Set<Subscriber>[] = [];
  #topics = 0;
  #visits = 0;

  /** Exact topics with a subscriber. */
  get topics(): number {
    return this.#topics;
  }

  /** Subscriptions with a wildcard. */
  get patterns(): number {
    return this.#patterns.size;
  }

  /** `pattern` is a topic or has wildcards, and was checked. */
  add(pattern: string, subscriber: Subscriber): void {
    if (isWildcard(pattern)) {
      this.#patterns.add(pattern, subscriber);
      return;
    }
    const shard = this.#shard(pattern);
    const subscribers = shard.get(pattern);
    if (subscribers === undefined) {
      shard.set(pattern, new Set([subscriber]));
      this.#topics++;
    } else subscribers.add(subscriber);
  }

  remove(pattern: string, subscriber: Subscriber): void {
    if (isWildcard(pattern)) {
      this.#patterns.remove(pattern, subscriber);
      return;
    }
    const shard = this.#shard(pattern);
    const subscribers = shard.get(pattern);
    if (!subscribers?.delete(subscriber) || subscribers.size > 0) return;
    shard.delete(pattern);
    this.#topics--;
  }

  /** Visits each subscriber of a topic once, however many of its patterns match. `visit` may remove subscribers. */
  forEach(topic: string, visit: (subscriber: Subscriber) => void): void {
    const found = this.#found;
    found.length = 0;
    const exact = this.#shard(topic).get(topic);
    if (exact !== undefined) found.push(exact);
    this.#patterns.match(topic, found);
    if (found.length === 1) {
      for (const subscriber of found[0] as Set<Subscriber>) visit(subscriber);
      return;
    }
    const number = ++this.#visits;
    for (const subscribers of found) {
      for (const subscriber of subscribers) {
        if (subscriber.visit === number) continue;
        subscriber.visit = number;
        visit(subscriber);
      }
    }
  }

  #shard(topic: string): Map<string, Set<Subscriber>> {
    return this.#shards[toShard(topic)] as Map<string, Set<Subscriber>>;
  }
}

const SHARDS = 64;

/** FNV-1a over the end of the name, where topics of one kind differ. */
function toShard(topic: string): number {
  let hash = 0x811c9dc5;
  for (let index = Math.max(0, topic.length - 12); index < topic.length; index++) {
    hash = Math.imul(hash ^ topic.charCodeAt(index), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) & (SHARDS - 1);
}
