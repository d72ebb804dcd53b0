// Who has subscribed in this process, and who of them gets an event.
import type { BusEvent, BusSubscriber, Json } from './event-bus.ts';
import { type NumberedEvent, parseMessage } from './message.ts';
import { createOrderGuard } from './order-guard.ts';
import { isWildcard, toMatcher } from './topics.ts';

export interface Subscription {
  readonly pattern: string;
  readonly subscriber: BusSubscriber;
  /** Only who has been promised events can miss some. */
  isEstablished: boolean;
}

export interface Subscriptions {
  add(pattern: string, subscriber: BusSubscriber): Subscription;
  /** Says whether that was the last subscription to its pattern. */
  remove(subscription: Subscription): boolean;
  removeAll(): void;
  patterns(): string[];
  /** Hands the events of a message to all whom they concern, in order, each once. */
  deliver(text: string): void;
  sayGap(): void;
}

interface Group {
  readonly matches: (topic: string) => boolean;
  readonly members: Set<Subscription>;
}

export function createSubscriptions(onError: (error: Error) => void): Subscriptions {
  const groups = new Map<string, Group>();
  /** The few patterns that must be tried for every topic. */
  const wildcards = new Map<string, Group>();
  const guard = createOrderGuard();

  return { add, remove, removeAll, patterns: () => [...groups.keys()], deliver, sayGap };

  function add(pattern: string, subscriber: BusSubscriber): Subscription {
    const subscription = { pattern, subscriber, isEstablished: false };
    const group = groups.get(pattern) ?? { matches: toMatcher(pattern), members: new Set() };
    group.members.add(subscription);
    groups.set(pattern, group);
    if (isWildcard(pattern)) wildcards.set(pattern, group);
    return subscription;
  }

  function remove(subscription: Subscription): boolean {
    const { pattern } = subscription;
    const group = groups.get(pattern);
    if (!group?.members.delete(subscription) || group.members.size > 0) return false;
    groups.delete(pattern);
    wildcards.delete(pattern);
    return true;
  }

  function removeAll(): void {
    for (const { members } of groups.values()) members.clear();
    groups.clear();
    wildcards.clear();
  }

  function deliver(text: string): void {
    try {
      const { publisher, events } = parseMessage(text);
      for (const event of events) if (guard.accepts(publisher, event.sequence)) hand(event);
    } catch (error) {
      onError(toError(error));
    }
  }

  function hand({ topic, json }: NumberedEvent): void {
    const receivers = findReceivers(topic);
    if (receivers.length === 0) return;
    const event: BusEvent = { topic, data: JSON.parse(json) as Json };
    for (const receiver of receivers) {
      // Who was asked before may have closed this one.
      if (isMember(receiver)) call(() => receiver.subscriber.onEvent(event));
    }
  }

  function findReceivers(topic: string): Subscription[] {
    const receivers = [...(groups.get(topic)?.members ?? [])];
    for (const { matches, members } of wildcards.values()) if (matches(topic)) receivers.push(...members);
    return receivers;
  }

  function isMember(subscription: Subscription): boolean {
    return groups.get(subscription.pattern)?.members.has(subscription) ?? false;
  }

  function sayGap(): void {
    const all = [...groups.values()].flatMap(({ members }) => [...members]);
    for (const subscription of all) {
      if (subscription.isEstablished && isMember(subscription)) call(() => subscription.subscriber.onGap?.());
    }
  }

  /** One subscriber's mistake, also that of an async one, must not reach the others. */
  function call(work: () => unknown): void {
    try {
      const result = work();
      if (result instanceof Promise) result.catch((error: unknown) => onError(toError(error)));
    } catch (error) {
      onError(toError(error));
    }
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
