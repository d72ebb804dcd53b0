// What the application is subscribed to, on whatever connection: each new one asks for it again.
import { type ClientMessage, toSubscribe, toUnsubscribe } from '../messages/client-message.ts';
import { toBatches } from './batches.ts';

/**
 * `asked` until the hub says that it is done. What it never did is asked for apart from what it did before: a Subscribe
 * is carried out as a whole or not at all, and one topic that may not be had must not cost the others.
 * (Where a topic was left, so that the hub can send what was missed, has its place here too.)
 */
type Wish = 'asked' | 'done';

interface Request {
  readonly topics: readonly string[];
  /** Of what the application asked for on an earlier connection. */
  readonly isRepeat: boolean;
}

/** What the hub says to a request that it did not carry out. */
export interface Rejection {
  readonly code: number;
  /** The request's id, where the hub gives it. */
  readonly id: string | null;
  /** The topic that it failed for, where the hub gives it. */
  readonly topic: string | null;
}

/** Rates, and stores that are out of reach: the same request may be carried out later. */
const PASSING_CODES = new Set([429, 503]);

export class Subscriptions {
  readonly #wishes = new Map<string, Wish>();
  readonly #requests = new Map<string, Request>();
  #lastRequest = 0;

  /** In the order in which they came, patterns as they were given. */
  get topics(): readonly string[] {
    return [...this.#wishes.keys()];
  }

  /** Notes topics; the answer asks for them. */
  add(topics: readonly string[]): readonly ClientMessage[] {
    for (const topic of topics) if (!this.#wishes.has(topic)) this.#wishes.set(topic, 'asked');
    return this.#ask(topics, false);
  }

  /** Forgets topics; the answer gives them back. */
  remove(topics: readonly string[]): readonly ClientMessage[] {
    for (const topic of topics) this.#wishes.delete(topic);
    return toBatches(topics).map(toUnsubscribe);
  }

  /** Asks for all again, on a new connection: in one message where it fits and all was granted before. */
  restore(): readonly ClientMessage[] {
    this.#requests.clear();
    const all = [...this.#wishes];
    return (['done', 'asked'] as const).flatMap((kind) => {
      const topics = all.filter(([, wish]) => wish === kind).map(([topic]) => topic);
      return topics.length === 0 ? [] : this.#ask(topics, true);
    });
  }

  /** The hub carried out a request for these. */
  confirm(topics: readonly string[]): void {
    for (const topic of topics) if (this.#wishes.has(topic)) this.#wishes.set(topic, 'done');
    for (const [id, request] of this.#requests) {
      if (!isSame(request.topics, topics)) continue;
      this.#requests.delete(id);
      break;
    }
  }

  /** The hub did not carry out a request. `later` asks again after a while, `now` for what is left without one topic. */
  reject({ code, id, topic }: Rejection): {
    readonly now: readonly ClientMessage[];
    readonly later: boolean;
  } {
    const [foundId, request] = this.#find(id, topic);
    // A message too many is refused unread, so without its id: it may have been a request.
    if (PASSING_CODES.has(code))
      return { now: [], later: this.#requests.size > 0 && (id === null || request !== null) };
    if (request === null) return { now: [], later: false };
    this.#requests.delete(foundId);
    if (topic === null || !request.isRepeat) {
      this.#forget(request.topics);
      return { now: [], later: false };
    }
    this.#wishes.delete(topic);
    const rest = request.topics.filter((other) => other !== topic && this.#wishes.has(other));
    return { now: rest.length === 0 ? [] : this.#ask(rest, true), later: false };
  }

  /** What was asked for on this connection and not answered. */
  askAgain(): readonly ClientMessage[] {
    const open = [...this.#requests.values()];
    this.#requests.clear();
    return open.flatMap(({ topics, isRepeat }) => {
      const wanted = topics.filter((topic) => this.#wishes.has(topic));
      return wanted.length === 0 ? [] : this.#ask(wanted, isRepeat);
    });
  }

  #ask(topics: readonly string[], isRepeat: boolean): readonly ClientMessage[] {
    return toBatches(topics).map((batch) => {
      this.#lastRequest++;
      const id = `subscribe_${this.#lastRequest}`;
      this.#requests.set(id, { topics: batch, isRepeat });
      return toSubscribe(batch, id);
    });
  }

  #find(id: string | null, topic: string | null): readonly [string, Request | null] {
    if (id !== null) return [id, this.#requests.get(id) ?? null];
    if (topic === null) return ['', null];
    for (const [key, request] of this.#requests) if (request.topics.includes(topic)) return [key, request];
    return ['', null];
  }

  /** What was granted once may be granted again on the next connection. */
  #forget(topics: readonly string[]): void {
    for (const topic of topics) if (this.#wishes.get(topic) === 'asked') this.#wishes.delete(topic);
  }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((topic, index) => topic === others[index]);
}
