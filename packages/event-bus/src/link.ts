// Keeps one connection up: opens it, asks it regularly whether it lives, and opens the next when it is gone.
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from './bus-store.ts';
import { BusError } from './event-bus.ts';

export interface LinkOptions<C extends Connection> {
  /** The store's name in sentences. */
  readonly title: string;
  /** How often a connection is asked whether it lives, in milliseconds. */
  readonly heartbeatMs: number;
  /** Gives up when the signal says so. */
  open(signal: AbortSignal): Promise<C>;
  /** Makes a new connection ready, before anybody gets it. */
  prepare?(connection: C): Promise<void>;
  /** Called for every connection that is ready. */
  onUp?(): void;
  /** Told once of every outage. */
  onError(error: Error): void;
}

export interface Link<C extends Connection> {
  /** The connection, if there is one at the moment. */
  find(): C | null;
  /** Why there is none, as far as known. */
  problem(): Error | undefined;
  /** Waits for a connection. @throws {BusError} `UNAVAILABLE` after `waitMs`, `CLOSED` */
  get(waitMs?: number): Promise<C>;
  /** Gives up a connection that has failed its user. */
  drop(connection: C, reason: Error): void;
  close(): Promise<void>;
}

interface Waiter<C> {
  resolve(connection: C): void;
  reject(error: BusError): void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

export function createLink<C extends Connection>(options: LinkOptions<C>): Link<C> {
  const waiters = new Set<Waiter<C>>();
  const closing = new AbortController();
  let current: C | null = null;
  let lastError: Error | undefined;
  let dropCurrent: (reason: Error) => void = () => {};

  const ended = run();
  return { find: () => current, problem: () => lastError, get, drop, close };

  async function run(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures++) {
      try {
        await useOneConnection(() => {
          failures = 0;
          lastError = undefined;
        });
      } catch (error) {
        if (closing.signal.aborted) return;
        report(error);
      }
      await delay(pauseMs(failures), undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  /** Opens a connection and stays with it until it ends; always by an error. */
  async function useOneConnection(onUp: () => void): Promise<never> {
    const connection = await options.open(closing.signal);
    const over = new AbortController();
    try {
      closing.signal.addEventListener('abort', () => void connection.close(), { signal: over.signal });
      const dropped = new Promise<Error>((resolve) => {
        dropCurrent = resolve;
      });
      await options.prepare?.(connection);
      closing.signal.throwIfAborted();
      onUp();
      announce(connection);
      throw await Promise.race([connection.lost, dropped, beat(connection, over.signal)]);
    } finally {
      current = null;
      over.abort();
      await connection.close();
    }
  }

  function announce(connection: C): void {
    current = connection;
    options.onUp?.();
    for (const waiter of waiters) waiter.resolve(connection);
    waiters.clear();
  }

  /** Resolves with the reason when the connection no longer answers. */
  async function beat(connection: C, signal: AbortSignal): Promise<Error> {
    try {
      for (;;) {
        await delay(withJitter(options.heartbeatMs), undefined, { signal });
        await connection.ping();
      }
    } catch (error) {
      return toError(error);
    }
  }

  function report(error: unknown): void {
    const isNews = lastError === undefined;
    lastError = toError(error);
    if (isNews) options.onError(awayError(`: ${lastError.message}`));
  }

  function get(waitMs?: number): Promise<C> {
    if (closing.signal.aborted) return Promise.reject(closedError());
    if (current) return Promise.resolve(current);
    return new Promise((resolve, reject) => {
      const waiter = { resolve: settle(resolve), reject: settle(reject) };
      const timer = waitMs === undefined ? undefined : setTimeout(() => waiter.reject(awayError()), waitMs);
      waiters.add(waiter);

      function settle<T>(done: (value: T) => void): (value: T) => void {
        return (value) => {
          clearTimeout(timer);
          waiters.delete(waiter);
          done(value);
        };
      }
    });
  }

  function drop(connection: C, reason: Error): void {
    if (connection !== current) return;
    current = null;
    dropCurrent(reason);
  }

  async function close(): Promise<void> {
    closing.abort();
    for (const waiter of waiters) waiter.reject(closedError());
    await ended;
  }

  function awayError(detail = '.'): BusError {
    return new BusError('UNAVAILABLE', `The event bus cannot reach ${options.title}${detail}`, lastError);
  }
}

export function closedError(): BusError {
  return new BusError('CLOSED', 'The event bus is closed.');
}

function pauseMs(failures: number): number {
  return withJitter(Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS));
}

/** Between half and all of it, so that those who lost a server together do not come back together. */
function withJitter(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}

function toError(error: unknown): Error {
  // Of a host with several addresses: its own message is empty.
  if (error instanceof AggregateError && error.errors.length > 0) return toError(error.errors[0]);
  return error instanceof Error ? error : new Error(String(error));
}
