// A virtual user's keep-alive connection: one request at a time, one report for each.
import type { Socket } from 'node:net';
import type { Sender } from './connection-pool.ts';
import { deadlines, type Expiring } from './deadlines.ts';
import { type Deferred, deliverLater } from './deferral.ts';
import { Dial, type Dialer } from './dial.ts';
import { Exchange } from './exchange.ts';
import { type Failure, type FailureCode, toFailure } from './failures.ts';
import { createReadBuffer } from './read-buffer.ts';
import type { RenderedRequest } from './request.ts';
import { ResponseParser } from './response-parser.ts';
import type { HttpTarget } from './target.ts';

export interface ExchangeListener {
  /** Called exactly once for each `send`, whether it came to a response or not. It may send again at once. */
  onExchange(exchange: Exchange): void;
}

type Phase = 'idle' | 'dialing' | 'awaiting-continue' | 'receiving' | 'failing';

/** Never throws on what a network or a server does: a failure is an exchange with an `errorCode`. */
export class HttpConnection implements Expiring, Deferred, Dialer, Sender {
  /** For the sweep of time limits. */
  deadline = Number.POSITIVE_INFINITY;
  sweepIndex = -1;
  readonly onread: Dialer['onread'];

  private readonly target: HttpTarget;
  private readonly listener: ExchangeListener;
  private readonly parser: ResponseParser;
  private readonly exchange: Exchange;
  private phase: Phase = 'idle';
  private request: RenderedRequest | undefined;
  private keep = 0;
  private requestDeadline = 0;
  private dial: Dial | undefined;
  private socket: Socket | undefined;
  private isClosed = false;

  constructor(target: HttpTarget, listener: ExchangeListener) {
    this.target = target;
    this.listener = listener;
    this.parser = new ResponseParser(target);
    this.exchange = new Exchange(this.parser);
    this.onread = {
      buffer: createReadBuffer(),
      callback: (length, bytes) => this.receive(length, bytes),
    };
  }

  get isBusy(): boolean {
    return this.phase !== 'idle';
  }

  /** Sends one request, connecting first where needed. Throws only if the one before is not over. */
  send(request: RenderedRequest, keep: number): void {
    if (this.phase !== 'idle')
      throw new Error('A connection carries one request at a time: wait for onExchange.');
    const now = performance.now();
    this.begin(request, keep, now);
    if (this.isClosed) {
      this.fail('aborted', 'The connection was closed by its owner.');
    } else if (this.socket !== undefined && !this.socket.destroyed) {
      this.exchange.reused = true;
      this.exchange.connectedAt = now;
      this.awaitUntil(this.requestDeadline);
      this.transmit(this.socket, request);
    } else {
      this.connect();
    }
  }

  /** A connection of one's own has no line to leave. */
  withdraw(): boolean {
    return false;
  }

  /** Ends the connection for good; a request under way fails as `aborted`, and so does every later one. */
  close(): void {
    this.isClosed = true;
    if (this.phase === 'idle') this.dropSocket();
    else if (this.phase !== 'failing') this.fail('aborted', 'The connection was closed by its owner.');
  }

  private begin(request: RenderedRequest, keep: number, now: number): void {
    const { exchange } = this;
    exchange.status = 0;
    exchange.errorCode = '';
    exchange.errorMessage = '';
    exchange.startedAt = now;
    exchange.connectedAt = 0;
    exchange.firstByteAt = 0;
    exchange.bytesSent = 0;
    exchange.bytesReceived = 0;
    exchange.bodyBytes = 0;
    exchange.reused = false;
    exchange.retries = 0;
    this.request = request;
    this.keep = keep;
    this.requestDeadline = now + (request.timeoutMs > 0 ? request.timeoutMs : this.target.requestTimeoutMs);
  }

  private connect(): void {
    this.dropSocket();
    this.phase = 'dialing';
    deadlines.watch(this);
    this.awaitUntil(this.requestDeadline);
    this.dial = new Dial(this.target, this);
    this.dial.start();
  }

  /** From `Dial`. */
  onSocket(socket: Socket): void {
    const { request } = this;
    this.dial = undefined;
    this.socket = socket;
    socket.on('error', (error) => this.onSocketError(socket, error));
    socket.on('end', () => this.onSocketEnd(socket));
    socket.on('close', () => this.onSocketEnd(socket));
    this.exchange.connectedAt = performance.now();
    if (request !== undefined) this.transmit(socket, request);
  }

  /** From `Dial`. */
  onDialFailure(failure: Failure): void {
    this.fail(failure.code, failure.message);
  }

  private transmit(socket: Socket, request: RenderedRequest): void {
    this.parser.begin(request.method === 'HEAD', this.keep);
    if (request.withoutExpect !== undefined) {
      this.phase = 'awaiting-continue';
      this.awaitUntil(Math.min(performance.now() + this.target.continueTimeoutMs, this.requestDeadline));
      this.write(socket, request.bytes.subarray(0, request.bodyAt));
    } else {
      this.phase = 'receiving';
      this.write(socket, request.bytes);
    }
  }

  private transmitBody(): void {
    const { socket, request } = this;
    if (socket === undefined || request === undefined) return;
    this.phase = 'receiving';
    this.awaitUntil(this.requestDeadline);
    this.write(socket, request.bytes.subarray(request.bodyAt));
  }

  private awaitUntil(deadline: number): void {
    this.deadline = deadline;
    deadlines.expect(deadline);
  }

  private write(socket: Socket, bytes: Buffer): void {
    this.exchange.bytesSent += bytes.length;
    socket.write(bytes);
  }

  /** The socket's bytes. Nothing may touch `bytes` once the listener was called: other sockets read into it too. */
  private receive(length: number, bytes: Uint8Array): boolean {
    if (this.phase !== 'receiving' && this.phase !== 'awaiting-continue') {
      // Nobody asked for this: it must never be taken for the answer to the next request.
      if (this.phase === 'idle') this.dropSocket();
      return true;
    }
    const { exchange, parser } = this;
    const now = performance.now();
    if (exchange.firstByteAt === 0) {
      if (exchange.reused && !beginsResponse(bytes, length)) {
        this.lose('malformed-response', `${this.target.peer} sent more than the response before this one.`);
        return true;
      }
      exchange.firstByteAt = now;
    }
    const used = parser.read(bytes, 0, length);
    exchange.bytesReceived += used;
    if (parser.isComplete) this.complete(now, used < length);
    else if (parser.hasFailed) this.failByParser();
    else if (this.phase === 'awaiting-continue' && parser.sawContinue) this.transmitBody();
    return true;
  }

  private complete(now: number, hasSurplus: boolean): void {
    const { exchange, parser, request, socket } = this;
    const isBodyUnsent = this.phase === 'awaiting-continue';
    if (isBodyUnsent && parser.status === 417 && request?.withoutExpect !== undefined) {
      this.repeat(request.withoutExpect);
      return;
    }
    const isReusable =
      parser.isPersistent &&
      !hasSurplus &&
      !isBodyUnsent &&
      request?.closes === false &&
      socket?.writableLength === 0;
    if (!isReusable) this.dropSocket();
    this.phase = 'idle';
    this.deadline = Number.POSITIVE_INFINITY;
    exchange.status = parser.status;
    exchange.bodyBytes = parser.bodyBytes;
    exchange.endedAt = now;
    this.listener.onExchange(exchange);
  }

  /** RFC 9112 §9.3.1 allows it once where nothing of an answer came; RFC 9110 §10.1.1 after a 417. */
  private repeat(request: RenderedRequest): void {
    const { exchange } = this;
    exchange.retries++;
    exchange.reused = false;
    exchange.connectedAt = 0;
    exchange.firstByteAt = 0;
    this.request = request;
    this.connect();
  }

  private onSocketError(socket: Socket, error: Error): void {
    if (socket !== this.socket) return;
    const failure = toFailure(error, 'exchange', this.target.peer);
    this.lose(failure.code, failure.message);
  }

  private onSocketEnd(socket: Socket): void {
    if (socket !== this.socket) return;
    const { parser, exchange } = this;
    if (this.phase === 'idle' || exchange.firstByteAt === 0) {
      this.lose('closed', `${this.target.peer} closed the connection before it answered.`);
      return;
    }
    parser.readEnd();
    if (parser.isComplete) this.complete(performance.now(), false);
    else this.failByParser();
  }

  /** The connection is of no more use: harmless while idle, a reason to try again where the exchange before was at fault. */
  private lose(code: FailureCode, message: string): void {
    const { exchange, request } = this;
    if (this.phase === 'idle') {
      this.dropSocket();
    } else if (exchange.reused && exchange.firstByteAt === 0 && request?.idempotent === true) {
      this.repeat(request);
    } else {
      this.fail(code, message);
    }
  }

  /** From the sweep. */
  expire(now: number): void {
    if (now < this.requestDeadline && this.phase === 'awaiting-continue') {
      this.transmitBody();
    } else {
      const limit = this.request?.timeoutMs || this.target.requestTimeoutMs;
      this.fail('request-timeout', `${this.target.peer} did not answer in full within ${limit} ms.`);
    }
  }

  private failByParser(): void {
    const { failureCode, problem } = this.parser;
    const prefix =
      failureCode === 'malformed-response' ? 'The response is malformed' : 'The response is unusable';
    this.fail(failureCode, `${prefix}: ${problem}.`);
  }

  private fail(code: FailureCode, message: string): void {
    const { exchange, parser } = this;
    this.dropSocket();
    this.phase = 'failing';
    exchange.errorCode = code;
    exchange.errorMessage = message;
    exchange.bodyBytes = exchange.firstByteAt === 0 ? 0 : parser.bodyBytes;
    exchange.endedAt = performance.now();
    parser.begin(false, 0);
    deliverLater(this);
  }

  /** From the deferral. */
  deliver(): void {
    this.phase = 'idle';
    this.listener.onExchange(this.exchange);
  }

  private dropSocket(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    deadlines.unwatch(this);
    this.dial?.cancel();
    this.dial = undefined;
    const { socket } = this;
    this.socket = undefined;
    socket?.destroy();
  }
}

const VERSION_START = Buffer.from('HTTP/');

/** Whether these may be the first bytes of a response; what a server still sends of the one before is told by them. */
function beginsResponse(bytes: Uint8Array, length: number): boolean {
  const end = Math.min(length, VERSION_START.length);
  for (let index = 0; index < end; index++) if (bytes[index] !== VERSION_START[index]) return false;
  return true;
}
