/**
 * A virtual user that repeats one request. This is the hot path: everything that can be prepared is, and per
 * request there is no promise, no closure and no object.
 */
import {
  type ConnectionPool,
  type Exchange,
  type ExchangeListener,
  HttpConnection,
  type HttpTarget,
  type RenderedRequest,
  type Sender,
} from '../http/index.ts';
import type { Recorder } from '../record/recorder.ts';
import type { StepRecorder } from '../record/step-recorder.ts';
import type { Gate } from '../run/gate.ts';
import type { HttpDebug } from '../run/http-debug.ts';
import type { LoadUser, LoadUserListener } from './load-user.ts';

/** How long a user waits after it got no connection: a server that is down must not be dialled in a spin. */
export const RECONNECT_PAUSE_MS = 100;

/** What the plain users of a thread share. */
export interface PlainWork {
  readonly target: HttpTarget;
  readonly request: RenderedRequest;
  readonly step: StepRecorder;
  readonly recorder: Recorder;
  /** 1 for each status that counts as a success. */
  readonly expected: Uint8Array;
  readonly gate: Gate;
  /** Null where each user has its own. */
  readonly connections: ConnectionPool | null;
  readonly debug: HttpDebug | null;
  /** What of a response is looked at. */
  readonly keep: number;
  /** Of each user. */
  readonly iterations: number;
}

type State = 'looping' | 'fired' | 'resting' | 'parked' | 'idle' | 'ended';

export class PlainUser implements ExchangeListener, LoadUser {
  readonly #work: PlainWork;
  readonly #connection: Sender;
  readonly #listener: LoadUserListener;
  #state: State = 'idle';
  #left: number;
  #lateMs = 0;
  #isRetiring = false;
  #cutReason = '';
  #pause: NodeJS.Timeout | undefined;

  constructor(work: PlainWork, listener: LoadUserListener) {
    this.#work = work;
    this.#listener = listener;
    this.#left = work.iterations;
    this.#connection =
      work.connections?.createSender(work.target, this) ?? new HttpConnection(work.target, this);
  }

  start(): void {
    this.#sendNext();
  }

  fire(lateMs: number): void {
    this.#state = 'fired';
    this.#lateMs = lateMs;
    this.#connection.send(this.#work.request, this.#work.keep);
  }

  onExchange(exchange: Exchange): void {
    const { recorder, step, expected, gate, debug, request } = this.#work;
    step.record(
      exchange.status,
      this.#failureOf(exchange, expected),
      exchange.endedAt - exchange.startedAt,
      exchange.bytesSent,
      exchange.bytesReceived,
      this.#lateMs + exchange.waitedMs,
    );
    recorder.iterations += 1;
    if (debug !== null) debug.show(request, exchange);
    if (!exchange.reused) recorder.connectionsOpened += countOpened(exchange);
    if (this.#state === 'fired') this.#rest();
    else if (exchange.connectedAt === 0 && !gate.isOver) this.#pauseBeforeNext();
    else this.#sendNext();
  }

  retire(): void {
    this.#isRetiring = true;
    if (this.#state === 'resting' || this.#state === 'parked') this.#sendNext();
    else if (this.#connection.withdraw()) this.#end();
  }

  stay(): void {
    this.#isRetiring = false;
  }

  /** A user between two attempts, or that waits for its turn, has nothing in flight to wait for. */
  drain(): void {
    if (this.#state === 'resting') this.#sendNext();
    else if (this.#state === 'idle' || this.#state === 'parked') this.#end();
  }

  /** No request starts any more, also none that waits for a connection. */
  close(): void {
    if (this.#connection.withdraw()) this.#end();
    else this.drain();
  }

  cut(reason: string): void {
    this.#cutReason = reason;
    this.#isRetiring = true;
    const isBusy = this.#state === 'looping' || this.#state === 'fired';
    if (isBusy && !this.#connection.withdraw()) this.#connection.close();
    else this.#end();
  }

  #sendNext(): void {
    if (this.#state === 'ended') return;
    clearTimeout(this.#pause);
    if (!this.#isRetiring && this.#left > 0 && this.#work.gate.admit()) {
      this.#state = 'looping';
      this.#left -= 1;
      this.#connection.send(this.#work.request, this.#work.keep);
    } else if (this.#work.gate.state === 'paused' && !this.#isRetiring && this.#left > 0) this.#park();
    else this.#end();
  }

  #pauseBeforeNext(): void {
    this.#state = 'resting';
    this.#pause = setTimeout(() => this.#sendNext(), RECONNECT_PAUSE_MS);
  }

  #park(): void {
    this.#state = 'parked';
    this.#work.gate.park(() => {
      if (this.#state === 'parked') this.#sendNext();
    });
  }

  /** After a fired iteration: the next one comes from outside, unless the load is over. */
  #rest(): void {
    this.#state = 'idle';
    this.#lateMs = 0;
    if (this.#isRetiring || this.#work.gate.isOver) this.#end();
    else this.#listener.onIdle(this);
  }

  #end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    clearTimeout(this.#pause);
    this.#connection.close();
    this.#listener.onEnded(this);
  }

  /** The sentence a failed exchange is grouped under, or the empty text. */
  #failureOf(exchange: Exchange, expected: Uint8Array): string {
    if (exchange.errorCode === '') return expected[exchange.status] === 1 ? '' : `HTTP ${exchange.status}`;
    return toFailure(exchange, this.#cutReason);
  }
}

/** Connections that came about for an exchange whose last one was new. */
export function countOpened(exchange: Exchange): number {
  return exchange.connectedAt === 0 ? 0 : 1;
}

/** What the connection reported, or the reason for which the run itself cut the exchange off. */
export function toFailure(exchange: Exchange, cutReason: string): string {
  return exchange.errorCode === 'aborted' && cutReason !== '' ? cutReason : exchange.errorMessage;
}
