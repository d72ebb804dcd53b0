// What one use of the hook has beside React: its client, replaced when address or token change, and what it was told.
import { type Handler, RealtimeClient } from '../clients/realtime-client.ts';
import { RealtimeError } from '../errors/realtime-error.ts';
import type { BroadcastOptions, ClientMessage, MessageOptions } from '../messages/client-message.ts';
import type { RealtimeOptions, Token } from '../options/options.ts';

export interface RealtimeState {
  readonly connected: boolean;
  /** On its way, or waiting to try again. */
  readonly connecting: boolean;
  /** Why it is not connected; null where nothing went wrong. */
  readonly error: Error | null;
}

export interface RealtimeActions {
  /** Never rejects: what goes wrong is in `error`. */
  connect(): Promise<void>;
  disconnect(): void;
  send(message: ClientMessage): boolean;
  subscribe(topics: readonly string[]): boolean;
  unsubscribe(topics: readonly string[]): boolean;
  broadcast(topic: string, payload: unknown, options?: BroadcastOptions): boolean;
  sendDirectMessage(targetUser: string, payload: unknown, options?: MessageOptions): boolean;
  /** One handler per type: a new one takes the place of the old. The answer takes it away, as an effect's cleanup. */
  on<Type extends string>(type: Type, handler: Handler<Type>): () => void;
  off(type: string): void;
}

export interface SessionSource {
  readonly url: string;
  readonly token: Token | null;
  readonly options: RealtimeOptions;
}

export const IDLE: RealtimeState = { connected: false, connecting: false, error: null };

type AnyHandler = (...args: readonly unknown[]) => unknown;

export class RealtimeSession {
  readonly actions: RealtimeActions;
  /** Of the last render: functions may be other ones each time, and count from then on. */
  source: SessionSource | null = null;
  readonly #setState: (state: RealtimeState) => void;
  readonly #handlers = new Map<string, AnyHandler>();
  #client: RealtimeClient | null = null;
  /** Types that the present client passes on. */
  #passed = new Set<string>();
  /** Asked for while there was no client. */
  #topics: readonly string[] = [];

  constructor(setState: (state: RealtimeState) => void) {
    this.#setState = setState;
    this.actions = this.#createActions();
  }

  /** A client for the present source, with the topics and handlers of the one before. */
  open(): void {
    const { source } = this;
    if (source === null) return;
    this.close();
    const client = new RealtimeClient(source.url, this.#findToken(source), source.options);
    this.#client = client;
    this.#passed = new Set();
    this.#watch(client);
    for (const type of this.#handlers.keys()) this.#pass(client, type);
    if (this.#topics.length > 0) client.subscribe(this.#topics);
  }

  close(): void {
    this.#topics = this.#client?.topics ?? this.#topics;
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    client.disconnect();
    this.#setState(IDLE);
  }

  async connect(): Promise<void> {
    const client = this.#client;
    if (client === null || client.connected) return;
    this.#setState({ connected: false, connecting: true, error: null });
    // The state tells it.
    await client.connect().catch(() => {});
  }

  #createActions(): RealtimeActions {
    return {
      connect: () => {
        if (this.#client === null) this.open();
        return this.connect();
      },
      disconnect: () => {
        this.#client?.disconnect();
        this.#setState(IDLE);
      },
      send: (message) => this.#client?.send(message) === true,
      subscribe: (topics) => {
        if (this.#client !== null) return this.#client.subscribe(topics);
        this.#topics = [...new Set([...this.#topics, ...topics])];
        return false;
      },
      unsubscribe: (topics) => {
        if (this.#client !== null) return this.#client.unsubscribe(topics);
        this.#topics = this.#topics.filter((topic) => !topics.includes(topic));
        return false;
      },
      broadcast: (...args) => this.#client?.broadcast(...args) === true,
      sendDirectMessage: (...args) => this.#client?.sendDirectMessage(...args) === true,
      on: (type, handler) => this.#on(type, handler as AnyHandler),
      off: (type) => {
        this.#handlers.delete(type);
      },
    };
  }

  #findToken({ token }: SessionSource): Token | null {
    if (typeof token !== 'function') return token;
    return () => {
      const latest = this.source?.token;
      return typeof latest === 'function' ? latest() : token();
    };
  }

  #watch(client: RealtimeClient): void {
    const setState = (state: RealtimeState) => {
      if (client === this.#client) this.#setState(state);
    };
    client.on('connected', () => setState({ connected: true, connecting: false, error: null }));
    client.on('disconnected', () => setState(IDLE));
    client.on('stopped', (error) => setState({ ...IDLE, error: error.closeCode === 1000 ? null : error }));
    let failure: Error | null = null;
    client.on('error', (error) => {
      if (!client.connected) failure = error;
      // Of a handler, and nobody else listens.
      if (!(error instanceof RealtimeError) && !this.#handlers.has('error')) console.error(error);
    });
    client.on('reconnecting', () => setState({ connected: false, connecting: true, error: failure }));
    client.on('connected', () => {
      failure = null;
    });
  }

  #on(type: string, handler: AnyHandler): () => void {
    this.#handlers.set(type, handler);
    if (this.#client !== null) this.#pass(this.#client, type);
    return () => {
      if (this.#handlers.get(type) === handler) this.#handlers.delete(type);
    };
  }

  #pass(client: RealtimeClient, type: string): void {
    if (this.#passed.has(type)) return;
    this.#passed.add(type);
    client.on(type, (...args: readonly unknown[]) => this.#handlers.get(type)?.(...args));
  }
}
