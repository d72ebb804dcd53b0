/**
 * A virtual user that repeats one request. This is the hot path: everything that can be prepared is, and per
 * request there is no promise, no closure and no object.
 */
import {
  type Exchange,
  type ExchangeListener,
  HttpConnection,
  type HttpTarget,
  KEEP_NOTHING,
  type RenderedRequest,
} from '../http/index.ts';
import type { Recorder } from '../record/recorder.ts';
import type { StepRecorder } from '../record/step-recorder.ts';
import type { Gate } from '../run/gate.ts';

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
}

export class PlainUser implements ExchangeListener {
  readonly #work: PlainWork;
  readonly #connection: HttpConnection;
  readonly #onEnded: () => void;
  #pause: NodeJS.Timeout | undefined;

  constructor(work: PlainWork, onEnded: () => void) {
    this.#work = work;
    this.#onEnded = onEnded;
    this.#connection = new HttpConnection(work.target, this);
  }

  start(): void {
    this.#sendNext();
  }

  onExchange(exchange: Exchange): void {
    const { recorder, step, gate, expected } = this.#work;
    const durationMs = exchange.endedAt - exchange.startedAt;
    step.record(
      exchange.status,
      failureOf(exchange, expected, gate),
      durationMs,
      exchange.bytesSent,
      exchange.bytesReceived,
    );
    recorder.iterations += 1;
    if (!exchange.reused) recorder.connectionsOpened += countOpened(exchange);
    if (exchange.connectedAt === 0 && gate.state === 'open')
      this.#pause = setTimeout(() => this.#resume(), RECONNECT_PAUSE_MS);
    else this.#sendNext();
  }

  /** The gate admits nothing more: a user between two attempts has nothing in flight to wait for. */
  drain(): void {
    if (this.#pause !== undefined) this.#resume();
  }

  /** Ends what is in flight; it is recorded as a failure. */
  cut(): void {
    if (this.#pause === undefined) this.#connection.close();
    else this.#resume();
  }

  #resume(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#sendNext();
  }

  #sendNext(): void {
    if (this.#work.gate.admit()) {
      this.#connection.send(this.#work.request, KEEP_NOTHING);
      return;
    }
    this.#connection.close();
    this.#onEnded();
  }
}

/** Connections that came about for an exchange whose last one was new. */
export function countOpened(exchange: Exchange): number {
  return exchange.connectedAt === 0 ? 0 : 1;
}

/** The sentence a failed exchange is grouped under, or the empty text. */
function failureOf(exchange: Exchange, expected: Uint8Array, gate: Gate): string {
  if (exchange.errorCode === '') return expected[exchange.status] === 1 ? '' : `HTTP ${exchange.status}`;
  return toFailure(exchange, gate);
}

/** What the connection reported, or the run's own reason where the run itself cut the exchange off. */
export function toFailure(exchange: Exchange, gate: Gate): string {
  return exchange.errorCode === 'aborted' && gate.state === 'cut' ? gate.cutReason : exchange.errorMessage;
}
