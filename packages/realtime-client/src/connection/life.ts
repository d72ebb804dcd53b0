// One try to connect and, where it succeeds, one connection: from the token to the end of the socket.
import type { Clock } from '../clock/clock.ts';
import { RealtimeError } from '../errors/realtime-error.ts';
import { Heartbeat } from '../heartbeat/heartbeat.ts';
import { type ClientMessage, toPing } from '../messages/client-message.ts';
import type { Settings } from '../options/options.ts';
import type { End, Handshake, OpenSocket, Socket } from '../sockets/socket.ts';

export interface LifeOptions {
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  readonly settings: Settings;
  /** May take a while, and fail. */
  readonly getHandshake: () => Promise<Handshake>;
}

export interface LifeListener {
  opened(): void;
  heard(text: string): void;
  heardBytes(): void;
  ponged(): void;
  /** Once, unless it was left. `openForMs` is null where it never was open. */
  ended(end: End, openForMs: number | null): void;
}

/** As the hub closes who does not answer, the client ends what does not answer. */
const NO_HEARTBEAT: End = { kind: 'closed', code: 4408, reason: 'No answer to the heartbeat' };

export class Life {
  readonly #options: LifeOptions;
  readonly #listener: LifeListener;
  readonly #heartbeat: Heartbeat;
  #socket: Socket | null = null;
  #openedAt: number | null = null;
  #isOver = false;
  #stopWaiting: () => void = () => {};

  constructor(options: LifeOptions, listener: LifeListener) {
    const { clock, settings } = options;
    this.#options = options;
    this.#listener = listener;
    this.#heartbeat = new Heartbeat({
      intervalMs: settings.heartbeatInterval,
      clock,
      ping: () => this.#ping(),
      onSilence: () => this.#giveUp(NO_HEARTBEAT),
    });
  }

  get isOpen(): boolean {
    return this.#openedAt !== null && !this.#isOver && this.#socket?.isOpen === true;
  }

  /** True too while it is being closed. */
  get hasOpened(): boolean {
    return this.#openedAt !== null;
  }

  start(): void {
    this.#open().catch((error: Error) => this.#giveUp({ kind: 'failed', error }));
  }

  /** False where the socket is not open. */
  send(message: ClientMessage): boolean {
    if (!this.isOpen) return false;
    this.#socket?.send(JSON.stringify(message));
    return true;
  }

  /** The listener hears nothing more. */
  leave(code: number, reason: string): void {
    const wasOpen = this.isOpen;
    this.#finish();
    if (wasOpen) this.#socket?.close(code, reason);
    else this.#socket?.drop();
  }

  async #open(): Promise<void> {
    const { openSocket, clock, settings, getHandshake } = this.#options;
    const handshake = await getHandshake();
    if (this.#isOver) return;
    const timeoutMs = settings.handshakeTimeout;
    this.#stopWaiting = clock.after(timeoutMs, () => this.#giveUp(toTimeout(timeoutMs)));
    this.#socket = openSocket(handshake, {
      opened: () => this.#begin(),
      heard: (text) => this.#hear(() => this.#listener.heard(text)),
      heardBytes: () => this.#hear(() => this.#listener.heardBytes()),
      ponged: () => this.#hear(() => this.#listener.ponged()),
      ended: (end) => this.#end(end),
    });
  }

  #begin(): void {
    if (this.#isOver) return;
    this.#stopWaiting();
    this.#openedAt = this.#options.clock.now();
    this.#heartbeat.start();
    this.#listener.opened();
  }

  #hear(tell: () => void): void {
    if (this.#isOver) return;
    this.#heartbeat.hear();
    tell();
  }

  #ping(): void {
    this.#socket?.ping();
    this.send(toPing(Date.now()));
  }

  #giveUp(end: End): void {
    if (this.#isOver) return;
    this.#socket?.drop();
    this.#end(end);
  }

  #end(end: End): void {
    if (this.#isOver) return;
    this.#finish();
    const openForMs = this.#openedAt === null ? null : this.#options.clock.now() - this.#openedAt;
    this.#listener.ended(end, openForMs);
  }

  #finish(): void {
    this.#isOver = true;
    this.#stopWaiting();
    this.#heartbeat.stop();
  }
}

function toTimeout(timeoutMs: number): End {
  const error = new RealtimeError('HANDSHAKE_TIMEOUT', `The hub did not answer within ${timeoutMs} ms.`);
  return { kind: 'failed', error };
}
