// The client for Node: an EventEmitter on `ws`.
import { EventEmitter } from 'node:events';
import { type ClientEvents, EVENTS } from '../connection/events.ts';
import {
  type BroadcastOptions,
  type ClientMessage,
  type MessageOptions,
  toBroadcast,
  toDirectMessage,
} from '../messages/client-message.ts';
import type { ServerMessages } from '../messages/server-message.ts';
import type { RealtimeOptions, Token } from '../options/options.ts';
import { createOpenNodeSocket, type NodeSocketOptions } from '../sockets/node-socket.ts';
import { checkTopics, createConnection } from './create-connection.ts';
import { callHandler } from './handlers.ts';

export interface NodeRealtimeOptions extends RealtimeOptions, NodeSocketOptions {}

/** Arguments by event: the client's own, and one per type of message. */
export type NodeRealtimeEvents = ClientEvents & {
  [Type in keyof ServerMessages]: [ServerMessages[Type]];
};

/** Of an EventEmitter itself. */
const EMITTERS_OWN = new Set(['newListener', 'removeListener']);

export class NodeRealtimeClient extends EventEmitter<NodeRealtimeEvents> {
  readonly #connection;

  /**
   * `token` null is for hubs that let anonymous clients in.
   * @throws {TypeError | RangeError} for an address or an option that is none
   */
  constructor(url: string, token: Token | null = null, options: NodeRealtimeOptions = {}) {
    super();
    this.#connection = createConnection(url, token, options, createOpenNodeSocket(options), {
      tell: (event, ...args) => this.#call(event, args),
      deliver: ({ type, data }) => {
        if (!EVENTS.has(type) && !EMITTERS_OWN.has(type)) this.#call(type, [data]);
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

  /** As `emit`, but a listener that throws stops neither the others nor the client, and nobody has to hear errors. */
  #call(name: string, args: readonly unknown[]): void {
    const report = (error: unknown) => this.#report(name, error);
    for (const listener of this.rawListeners(name as keyof NodeRealtimeEvents))
      callHandler(listener.bind(this), args, report);
  }

  #report(name: string, error: unknown): void {
    if (name !== 'error' && this.listenerCount('error') > 0) this.#call('error', [error]);
    else console.error(`A listener of ${name} failed:`, error);
  }
}
