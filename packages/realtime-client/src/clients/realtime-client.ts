// The client for browsers; it runs wherever there is a global WebSocket.
import type { ClientEvent, ClientEvents } from '../connection/events.ts';
import { EVENTS } from '../connection/events.ts';
import {
  type BroadcastOptions,
  type ClientMessage,
  type MessageOptions,
  toBroadcast,
  toDirectMessage,
} from '../messages/client-message.ts';
import type { ServerMessages } from '../messages/server-message.ts';
import type { RealtimeOptions, Token } from '../options/options.ts';
import { openBrowserSocket } from '../sockets/browser-socket.ts';
import { checkTopics, createConnection } from './create-connection.ts';
import { Handlers } from './handlers.ts';

/** What a handler gets: an event's arguments, or the data of a message of that type. */
export type HandlerArguments<Type extends string> = Type extends ClientEvent
  ? ClientEvents[Type]
  : Type extends keyof ServerMessages
    ? [ServerMessages[Type]]
    : [unknown];

export type Handler<Type extends string> = (...args: HandlerArguments<Type>) => unknown;

export class RealtimeClient {
  readonly #handlers = new Handlers();
  readonly #connection;

  /**
   * `token` null is for hubs that let anonymous clients in.
   * @throws {TypeError | RangeError} for an address or an option that is none
   */
  constructor(url: string, token: Token | null = null, options: RealtimeOptions = {}) {
    this.#connection = createConnection(url, token, options, openBrowserSocket, {
      tell: (event, ...args) => this.#call(event, args),
      deliver: ({ type, data }) => {
        if (!EVENTS.has(type)) this.#call(type, [data]);
      },
    });
  }

  get connected(): boolean {
    return this.#connection.connected;
  }

  /** What the application subscribed to; every new connection asks for it again. */
  get topics(): readonly string[] {
    return this.#connection.topics;
  }

  /** Resolves when the connection is open; rejects when this try fails, after which the client goes on trying. */
  connect(): Promise<void> {
    return this.#connection.connect();
  }

  /** Adds a handler for messages of a type, or for an event; there may be several. */
  on<Type extends string>(type: Type, handler: Handler<Type>): this {
    this.#handlers.add(type, handler);
    return this;
  }

  /** Takes away a handler; without one, all of that type. */
  off<Type extends string>(type: Type, handler?: Handler<Type>): this {
    this.#handlers.remove(type, handler);
    return this;
  }

  /** False, and nothing sent, where the connection is not open. */
  send(message: ClientMessage): boolean {
    return this.#connection.send(message);
  }

  /** False where the connection is not open: then the topics are asked for as soon as it is. */
  subscribe(topics: readonly string[]): boolean {
    return this.#connection.subscribe(checkTopics(topics));
  }

  unsubscribe(topics: readonly string[]): boolean {
    return this.#connection.unsubscribe(checkTopics(topics));
  }

  broadcast(topic: string, payload: unknown, options?: BroadcastOptions): boolean {
    return this.send(toBroadcast(topic, payload, options));
  }

  sendDirectMessage(targetUser: string, payload: unknown, options?: MessageOptions): boolean {
    return this.send(toDirectMessage(targetUser, payload, options));
  }

  /** Closes with 1000 and does not come back before `connect()`. */
  disconnect(): void {
    this.#connection.disconnect();
  }

  #call(name: string, args: readonly unknown[]): void {
    this.#handlers.call(name, args, (error) => this.#report(name, error));
  }

  #report(name: string, error: unknown): void {
    if (name !== 'error' && this.#handlers.has('error')) this.#call('error', [error]);
    else console.error(`A handler of ${name} failed:`, error);
  }
}
