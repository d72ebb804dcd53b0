// What the client itself reads in the hub's messages, and answers; everything goes on to the application too.
import type { Clock } from '../clock/clock.ts';
import { RealtimeError } from '../errors/realtime-error.ts';
import { type ClientMessage, toAuth } from '../messages/client-message.ts';
import { parseServerMessage, type ServerMessage, toFields } from '../messages/server-message.ts';
import type { Settings } from '../options/options.ts';
import { BackOff } from '../retry/back-off.ts';
import { Subscriptions } from '../subscriptions/subscriptions.ts';
import { Renewal } from '../tokens/renewal.ts';
import type { TokenKeeper } from '../tokens/token-keeper.ts';
import type { Audience } from './events.ts';

export interface ConversationOptions {
  readonly tokens: TokenKeeper;
  readonly settings: Settings;
  readonly audience: Audience;
  readonly clock: Clock;
  readonly random: () => number;
  readonly send: (message: ClientMessage) => boolean;
}

const ASK_AGAIN_MS = 1_000;

export class Conversation {
  readonly subscriptions = new Subscriptions();
  readonly #options: ConversationOptions;
  #renewal: Renewal | null = null;
  #cancelAsking: (() => void) | null = null;
  #askedDelayMs: number | null = null;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** How long the hub said to stay away once this connection ends; null where it did not. */
  get askedDelayMs(): number | null {
    return this.#askedDelayMs;
  }

  /** A new connection is open. */
  begin(): void {
    this.#renewal = this.#createRenewal();
    this.#sendAll(this.subscriptions.restore());
  }

  end(): void {
    this.#renewal?.stop();
    this.#renewal = null;
    this.#cancelAsking?.();
    this.#cancelAsking = null;
    this.#askedDelayMs = null;
  }

  hear(text: string): void {
    const { audience } = this.#options;
    let message: ServerMessage;
    try {
      message = parseServerMessage(text);
    } catch (error) {
      audience.tell('error', error as RealtimeError);
      return;
    }
    this.#read(message);
    audience.deliver(message);
    audience.tell('message', message);
  }

  hearBytes(): void {
    const sentence = 'The hub sent bytes where it speaks text.';
    this.#options.audience.tell('error', new RealtimeError('INVALID_MESSAGE', sentence));
  }

  #read({ type, data }: ServerMessage): void {
    const fields = toFields(data);
    const details = toFields(fields.details);
    if (type === 'AuthStatus' && fields.status === 'token_expiring') this.#renewal?.start();
    if (type === 'Error') this.#readError(fields.code, details);
    if (type !== 'Status') return;
    if (fields.status === 'reconnect') this.#askedDelayMs = readDelay(details.delay_ms);
    if (fields.status === 'subscribed' && isTopics(details.topics))
      this.subscriptions.confirm(details.topics);
  }

  #readError(code: unknown, details: Readonly<Record<string, unknown>>): void {
    const { message_id: id, topic, retry_after_ms: retryAfterMs } = details;
    const { now, later } = this.subscriptions.reject({
      code: typeof code === 'number' ? code : 0,
      id: typeof id === 'string' ? id : null,
      topic: typeof topic === 'string' ? topic : null,
    });
    this.#sendAll(now);
    if (later) this.#askLater(readDelay(retryAfterMs) ?? ASK_AGAIN_MS);
  }

  #askLater(delayMs: number): void {
    this.#cancelAsking ??= this.#options.clock.after(delayMs, () => {
      this.#cancelAsking = null;
      this.#sendAll(this.subscriptions.askAgain());
    });
  }

  #createRenewal(): Renewal {
    const { tokens, clock, settings, audience, random, send } = this.#options;
    return new Renewal({
      tokens,
      clock,
      backOff: new BackOff({
        firstDelayMs: settings.reconnectDelay,
        longestDelayMs: settings.maxReconnectDelay,
        maxAttempts: Number.POSITIVE_INFINITY,
        random,
      }),
      onToken: (token) => send(toAuth(token)),
      onError: (error) => audience.tell('error', error),
    });
  }

  #sendAll(messages: readonly ClientMessage[]): void {
    for (const message of messages) this.#options.send(message);
  }
}

function readDelay(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 ? value : null;
}

function isTopics(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((topic) => typeof topic === 'string');
}
