// The bus itself, the same on every store.
import { randomBytes } from 'node:crypto';
import type { BusStore, ReceivingConnection, SendingConnection } from './bus-store.ts';
import { BusError, type BusSubscriber, type BusSubscription, type EventBus, type Json } from './event-bus.ts';
import { closedError, createLink, type Link } from './link.ts';
import { encodeEvent } from './message.ts';
import { createOutbox } from './outbox.ts';
import { createSubscriptions, type Subscription } from './subscriptions.ts';
import { assertPattern, assertTopic } from './topics.ts';

export interface BusOptions {
  /** How often an idle connection is asked whether it lives, in milliseconds; 5000 by default. */
  readonly heartbeatMs?: number | undefined;
  /** Told once of each outage, and of what subscribers throw. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/** 64 KB, as JSON. */
const MAX_DATA_BYTES = 64 * 1024;
const HEARTBEAT_MS = 5000;
const SUBSCRIBE_WAIT_MS = 3000;
const PING_WAIT_MS = 1000;
const CLOSE_WAIT_MS = 1000;

/** Creates a bus that connects in the background, and again whenever the store was away. */
export function createBus(store: BusStore, options: BusOptions = {}): EventBus {
  const { title } = store;
  const heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
  const onError = withoutThrowing(options.onError ?? (() => {}));
  const sending = createLink<SendingConnection>({
    title,
    heartbeatMs,
    onError,
    open: store.openSending,
    prepare: (connection) => connection.ping(),
  });
  const publisher = randomBytes(9).toString('base64url');
  const outbox = createOutbox({ publisher, title, link: sending, intervalMs: store.sendIntervalMs });
  const subscriptions = createSubscriptions(onError);
  /** Opened for the first subscriber; who only publishes needs none. */
  let receiving: Link<ReceivingConnection> | undefined;
  let sequence = 0;
  let closed: Promise<void> | undefined;

  return { publish, subscribe, ping, close: () => (closed ??= close()) };

  async function publish(topic: string, data: Json): Promise<void> {
    assertOpen();
    assertTopic(topic);
    const line = encodeEvent({ sequence: sequence++, topic, json: toJson(data) });
    await outbox.add({ topic, line, bytes: Buffer.byteLength(line) });
  }

  async function subscribe(pattern: string, subscriber: BusSubscriber): Promise<BusSubscription> {
    assertOpen();
    assertPattern(pattern);
    // Known before the store is asked: a connection that comes up meanwhile asks for all that is known.
    const subscription = subscriptions.add(pattern, subscriber);
    try {
      receiving ??= openReceiving();
      const connection = await receiving.get(SUBSCRIBE_WAIT_MS);
      await connection.listen([pattern]);
      assertOpen();
    } catch (error) {
      unsubscribe(subscription);
      throw error instanceof BusError ? error : awayError(error);
    }
    subscription.isEstablished = true;
    return { close: async () => unsubscribe(subscription) };
  }

  function openReceiving(): Link<ReceivingConnection> {
    const receiver = {
      onMessage: subscriptions.deliver,
      onMissed(error: Error) {
        onError(error);
        subscriptions.sayGap();
      },
    };
    return createLink<ReceivingConnection>({
      title,
      heartbeatMs,
      onError,
      open: (signal) => store.openReceiving(receiver, signal),
      prepare: (connection) => connection.listen(subscriptions.patterns()),
      onUp: subscriptions.sayGap,
    });
  }

  function unsubscribe(subscription: Subscription): void {
    if (!subscriptions.remove(subscription)) return;
    // If this fails, the connection is gone, and its successor will not ask for the pattern.
    receiving
      ?.find()
      ?.unlisten(subscription.pattern)
      .catch(() => {});
  }

  async function ping(): Promise<void> {
    assertOpen();
    try {
      const connections = [sending, ...(receiving ? [receiving] : [])].map((link) => link.get(PING_WAIT_MS));
      await Promise.all((await Promise.all(connections)).map((connection) => connection.ping()));
    } catch (error) {
      throw error instanceof BusError ? error : awayError(error);
    }
  }

  async function close(): Promise<void> {
    subscriptions.removeAll();
    await Promise.all([receiving?.close(), outbox.close(CLOSE_WAIT_MS)]);
    await sending.close();
  }

  function assertOpen(): void {
    if (closed) throw closedError();
  }

  function awayError(cause: unknown): BusError {
    return new BusError('UNAVAILABLE', `The event bus cannot reach ${title}.`, cause);
  }
}

/** Whoever listens to errors must not end the loop that reports them. */
function withoutThrowing(onError: (error: Error) => void): (error: Error) => void {
  return (error) => {
    try {
      onError(error);
    } catch {
      // There is nobody left to tell.
    }
  };
}

function toJson(data: Json): string {
  const json: string | undefined = JSON.stringify(data);
  if (json === undefined) throw new TypeError('The data of an event must be JSON.');
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_DATA_BYTES) {
    throw new BusError(
      'TOO_LARGE',
      `An event has at most ${MAX_DATA_BYTES} bytes of JSON; this has ${bytes}.`,
    );
  }
  return json;
}
