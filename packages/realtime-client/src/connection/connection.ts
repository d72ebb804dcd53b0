// The core of all clients: one connection after the other, as long as the application wants to be connected.
import type { Clock } from '../clock/clock.ts';
import { RealtimeError } from '../errors/realtime-error.ts';
import type { ClientMessage } from '../messages/client-message.ts';
import type { Settings } from '../options/options.ts';
import { type Attempt, BackOff } from '../retry/back-off.ts';
import { judge } from '../retry/verdict.ts';
import type { End, Handshake, OpenSocket } from '../sockets/socket.ts';
import type { TokenKeeper } from '../tokens/token-keeper.ts';
import { Conversation } from './conversation.ts';
import type { Audience } from './events.ts';
import { toClosed, toFailure } from './failure.ts';
import { Life } from './life.ts';

export interface ConnectionOptions {
  readonly openSocket: OpenSocket;
  readonly toHandshake: (token: string | null) => Handshake;
  readonly tokens: TokenKeeper;
  readonly settings: Settings;
  readonly audience: Audience;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
}

interface Trying {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: RealtimeError) => void;
}

/** Who sent far too much waits this many first delays. */
const FLOOD_FACTOR = 10;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #backOff: BackOff;
  readonly #conversation: Conversation;
  #life: Life | null = null;
  #trying: Trying | null = null;
  #stopWaiting: (() => void) | null = null;
  /** Raised by whatever the application decides: what was about to follow then does not. */
  #decision = 0;

  constructor(options: ConnectionOptions) {
    const { settings, random } = options;
    this.#options = options;
    this.#backOff = new BackOff({
      firstDelayMs: settings.reconnectDelay,
      longestDelayMs: settings.maxReconnectDelay,
      maxAttempts: settings.maxReconnectAttempts,
      random,
    });
    this.#conversation = new Conversation({ ...options, send: (message) => this.send(message) });
  }

  get connected(): boolean {
    return this.#life?.isOpen === true;
  }

  get topics(): readonly string[] {
    return this.#conversation.subscriptions.topics;
  }

  /** Rejects when this try fails; others follow, unless the reason is final. */
  connect(): Promise<void> {
    if (this.connected) return Promise.resolve();
    if (this.#trying !== null) return this.#trying.promise;
    // Of a connection that is just being closed nothing more is awaited.
    if (this.#life !== null) this.disconnect();
    this.#decision++;
    this.#backOff.reset();
    return this.#try();
  }

  send(message: ClientMessage): boolean {
    return this.#life?.send(message) === true;
  }

  subscribe(topics: readonly string[]): boolean {
    return this.#sendAll(this.#conversation.subscriptions.add(topics));
  }

  unsubscribe(topics: readonly string[]): boolean {
    return this.#sendAll(this.#conversation.subscriptions.remove(topics));
  }

  disconnect(): void {
    this.#decision++;
    const wasOpen = this.#life?.hasOpened === true;
    this.#stopWaiting?.();
    this.#stopWaiting = null;
    this.#conversation.end();
    this.#life?.leave(1000, 'Client disconnect');
    this.#life = null;
    this.#settle()?.reject(
      new RealtimeError('DISCONNECTED', 'The client was disconnected before it was connected.'),
    );
    if (wasOpen) this.#options.audience.tell('disconnected', { code: 1000, reason: 'Client disconnect' });
  }

  #sendAll(messages: readonly ClientMessage[]): boolean {
    return messages.map((message) => this.send(message)).every(Boolean);
  }

  #try(): Promise<void> {
    this.#stopWaiting?.();
    this.#stopWaiting = null;
    const trying = createTrying();
    this.#trying = trying;
    const { tokens, toHandshake } = this.#options;
    const getHandshake = async () => toHandshake(await tokens.get());
    this.#life = new Life(
      { ...this.#options, getHandshake },
      {
        opened: () => this.#opened(),
        heard: (text) => this.#conversation.hear(text),
        heardBytes: () => this.#conversation.hearBytes(),
        ponged: () => this.#options.audience.tell('pong'),
        ended: (end, openForMs) => this.#ended(end, openForMs),
      },
    );
    this.#life.start();
    return trying.promise;
  }

  #opened(): void {
    this.#options.tokens.trust();
    const trying = this.#settle();
    this.#conversation.begin();
    this.#options.audience.tell('connected');
    trying?.resolve();
  }

  #settle(): Trying | null {
    const trying = this.#trying;
    this.#trying = null;
    return trying;
  }

  #ended(end: End, openForMs: number | null): void {
    const wasOpen = openForMs !== null;
    const decision = this.#decision;
    const askedDelayMs = this.#conversation.askedDelayMs;
    const failure = toFailure(end, wasOpen);
    this.#life = null;
    this.#conversation.end();
    if (wasOpen && openForMs >= this.#options.settings.stableAfter) this.#backOff.reset();
    const { audience } = this.#options;
    const trying = this.#settle();
    if (wasOpen) audience.tell('disconnected', toClosed(end));
    else audience.tell('error', failure);
    trying?.reject(failure);
    // Whoever heard of it may have decided otherwise.
    if (decision === this.#decision) this.#goOn(end, failure, askedDelayMs);
  }

  #goOn(end: End, failure: RealtimeError, askedDelayMs: number | null): void {
    const { tokens, settings } = this.#options;
    const verdict = judge(end);
    if (verdict === 'stop') {
      this.#stop(failure, failure.code === 'CONNECTION_CLOSED' && failure.closeCode !== 1000);
      return;
    }
    if (verdict === 'renew') {
      tokens.refuse();
      if (!tokens.canRenew) {
        this.#stop(toTokenEnded(failure), true);
        return;
      }
    }
    if (failure.code === 'CONNECTION_FAILED' && end.kind === 'closed') tokens.suspect();
    const floodDelayMs = verdict === 'retry-later' ? FLOOD_FACTOR * settings.reconnectDelay : null;
    this.#retry(failure, floodDelayMs ?? askedDelayMs ?? failure.retryAfterMs);
  }

  #retry(failure: RealtimeError, askedDelayMs: number | null): void {
    const next = this.#backOff.next(askedDelayMs);
    if (next !== null) {
      this.#wait(next);
      return;
    }
    this.#options.audience.tell('max_reconnect_attempts_reached');
    this.#stop(failure, false);
  }

  #wait(next: Attempt): void {
    this.#stopWaiting = this.#options.clock.after(next.delayMs, () => {
      // Its failure is told as an error.
      this.#try().catch(() => {});
    });
    this.#options.audience.tell('reconnecting', next);
  }

  #stop(error: RealtimeError, isNews: boolean): void {
    if (isNews) this.#options.audience.tell('error', error);
    this.#options.audience.tell('stopped', error);
  }
}

/** As `Promise.withResolvers`, which younger platforms have. */
function createTrying(): Trying {
  let [resolve, reject] = [() => {}, (_error: RealtimeError) => {}];
  const promise = new Promise<void>((onResolve, onReject) => {
    [resolve, reject] = [onResolve, onReject];
  });
  return { promise, resolve, reject };
}

function toTokenEnded(failure: RealtimeError): RealtimeError {
  const sentence =
    'The token or its session ended. Connect again with a new token, or give the client a way to get one.';
  return new RealtimeError('TOKEN_ENDED', sentence, {
    cause: failure,
    ...(failure.closeCode !== null && { closeCode: failure.closeCode }),
    ...(failure.status !== null && { status: failure.status }),
  });
}
