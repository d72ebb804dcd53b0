// What waits to be sent: in order, bounded in number, bytes and time. Every event ends as sent or as refused.
import { setTimeout as delay } from 'node:timers/promises';
import type { Outgoing, SendingConnection } from './bus-store.ts';
import { BusError } from './event-bus.ts';
import { closedError, type Link } from './link.ts';

export interface OutboxOptions {
  readonly publisher: string;
  readonly title: string;
  readonly link: Link<SendingConnection>;
  readonly intervalMs: number;
}

export interface Outbox {
  /** Resolves when the store has taken the event. @throws {BusError} `UNAVAILABLE` */
  add(outgoing: Outgoing): Promise<void>;
  /** Gives what waits this long to be sent, and refuses the rest. */
  close(limitMs: number): Promise<void>;
}

interface Entry {
  readonly outgoing: Outgoing;
  readonly expiresAt: number;
  resolve(): void;
  reject(error: BusError): void;
}

const MAX_EVENTS = 10_000;
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_WAIT_MS = 3000;
const MAX_BATCH_EVENTS = 1000;
const MAX_BATCH_BYTES = 256 * 1024;

export function createOutbox({ publisher, title, link, intervalMs }: OutboxOptions): Outbox {
  /** In order. An event stays here while it is on its way, so that it expires there too. */
  const entries = new Set<Entry>();
  let bytes = 0;
  let isSending = false;
  let nextSendAt = 0;
  let expiry: NodeJS.Timeout | undefined;
  let onEmpty: () => void = () => {};

  return { add, close };

  function add(outgoing: Outgoing): Promise<void> {
    if (entries.size >= MAX_EVENTS || bytes + outgoing.bytes > MAX_BYTES) {
      return Promise.reject(new BusError('UNAVAILABLE', `Too many events wait to be sent to ${title}.`));
    }
    return new Promise((resolve, reject) => {
      entries.add({ outgoing, expiresAt: performance.now() + MAX_WAIT_MS, resolve, reject });
      bytes += outgoing.bytes;
      expiry ??= setTimeout(expire, MAX_WAIT_MS);
      if (!isSending) void sendAll();
    });
  }

  async function sendAll(): Promise<void> {
    isSending = true;
    try {
      while (entries.size > 0) {
        const connection = await link.get();
        await untilNextSend();
        await sendBatch(connection);
      }
    } catch {
      // The bus was closed; `close` refuses what is left.
    } finally {
      isSending = false;
    }
  }

  async function untilNextSend(): Promise<void> {
    // A timer may ring a little early.
    for (let ms = nextSendAt - performance.now(); ms > 0; ms = nextSendAt - performance.now())
      await delay(ms);
    nextSendAt = performance.now() + intervalMs;
  }

  async function sendBatch(connection: SendingConnection): Promise<void> {
    const batch = nextBatch();
    if (batch.length === 0) return;
    try {
      const refused = await connection.send(
        publisher,
        batch.map(({ outgoing }) => outgoing),
      );
      batch.forEach((entry, index) => {
        settle(entry, refused.get(index));
      });
    } catch (error) {
      // Nobody knows whether they arrived: they stay and are sent again; receivers know them by their number.
      link.drop(connection, error as Error);
    }
  }

  function nextBatch(): Entry[] {
    const batch: Entry[] = [];
    let batchBytes = 0;
    for (const entry of entries) {
      batchBytes += entry.outgoing.bytes;
      if (batch.length === MAX_BATCH_EVENTS || (batch.length > 0 && batchBytes > MAX_BATCH_BYTES)) break;
      batch.push(entry);
    }
    return batch;
  }

  function settle(entry: Entry, cause?: Error): void {
    if (!entries.delete(entry)) return;
    bytes -= entry.outgoing.bytes;
    if (cause) entry.reject(new BusError('UNAVAILABLE', `The event could not be sent to ${title}.`, cause));
    else entry.resolve();
    if (entries.size > 0) return;
    clearTimeout(expiry);
    expiry = undefined;
    onEmpty();
  }

  function expire(): void {
    expiry = undefined;
    const now = performance.now();
    for (const entry of entries) {
      if (entry.expiresAt > now) {
        expiry = setTimeout(expire, entry.expiresAt - now);
        return;
      }
      settle(entry, link.problem() ?? new Error(`${title} did not answer within ${MAX_WAIT_MS} ms.`));
    }
  }

  async function close(limitMs: number): Promise<void> {
    if (entries.size > 0) {
      const giveUp = new AbortController();
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      await Promise.race([empty, delay(limitMs, undefined, { signal: giveUp.signal }).catch(() => {})]);
      giveUp.abort();
    }
    for (const entry of entries) settle(entry, closedError());
  }
}
