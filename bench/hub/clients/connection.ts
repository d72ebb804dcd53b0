// One connection: it greets, subscribes, and from then on only counts what comes, as cheaply as it can.
import { connect, type Socket } from 'node:net';
import type { Dialect, Step } from './dialects.ts';
import { encodeClientFrame, FrameCounter, MessageReader } from './frames.ts';

const READ_BYTES = 256 * 1024;
const STEP_TIMEOUT_MS = 60_000;
const HEAD_END = '\r\n\r\n';
/** No text is the head of the handshake, which is read apart. */
const isHead = () => false;

/** All connections of a thread read into the same bytes: each is done with them before the next one reads. */
const shared = Buffer.alloc(READ_BYTES);

export interface Target {
  readonly port: number;
  readonly token: string;
  readonly dialect: Dialect;
}

export interface Listener {
  /** Of one connection, that many messages at once. */
  onMessages(count: number): void;
  /** Of a connection that is told to `listen`. */
  onText(text: string): void;
  onLost(): void;
}

interface Waiting {
  readonly until: (text: string) => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Connection {
  readonly #target: Target;
  readonly #listener: Listener;
  readonly #reader = new MessageReader();
  readonly #counter: FrameCounter;
  readonly #socket: Socket;
  #head = '';
  #isOpen = false;
  #isReading = true;
  #isListening = false;
  #isClosed = false;
  #problem: Error | null = null;
  #waiting: Waiting | null = null;
  /** What came during the greeting while nothing was waited for. */
  #unasked: string[] = [];

  /** Connects; `open` resolves once the server knows who we are. */
  constructor(target: Target, listener: Listener) {
    this.#target = target;
    this.#listener = listener;
    this.#counter = new FrameCounter(target.dialect.messagesInFrame);
    this.#socket = connect({
      port: target.port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length) => {
          this.#take(length);
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => {
      this.#problem = error;
    });
    this.#socket.on('close', () => this.#lose());
  }

  async open(): Promise<void> {
    const { dialect, token } = this.#target;
    const key = Buffer.from(Math.random().toString().slice(2, 18).padEnd(16, '0')).toString('base64');
    this.#socket.write(
      `GET ${dialect.toPath(token)} HTTP/1.1\r\nHost: 127.0.0.1:${this.#target.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    // A server may close a connection that speaks before the handshake is done.
    await this.#waitUntil(isHead);
    for (const step of dialect.toGreeting(token)) await this.#do(step);
    this.#isReading = false;
    this.#unasked = [];
  }

  /** While nothing else comes. */
  async subscribe(topic: string): Promise<void> {
    this.#startReading();
    await this.#do(this.#target.dialect.toSubscription(topic));
    this.#isReading = this.#isListening;
  }

  /** As frames, one after the other. */
  write(frames: Buffer): void {
    this.#socket.write(frames);
  }

  /** From now on its messages are read, or no more; told while nothing comes. */
  listen(isListening: boolean): void {
    if (isListening) this.#startReading();
    this.#isListening = isListening;
    this.#isReading = isListening;
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }

  async #do({ say, until }: Step): Promise<void> {
    if (say !== undefined) this.#socket.write(encodeClientFrame(say));
    else if (this.#unasked.some(until)) return;
    await this.#waitUntil(until);
  }

  async #waitUntil(until: (text: string) => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error('the server does not answer')), STEP_TIMEOUT_MS);
    this.#waiting = { until, resolve, reject };
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting = null;
    }
  }

  #take(length: number): void {
    if (!this.#isOpen) this.#readHead(length);
    else if (this.#isReading) this.#read(shared.subarray(0, length));
    else this.#count(shared, length);
  }

  /** Between two frames, since nothing comes. */
  #startReading(): void {
    if (!this.#isReading) this.#reader.reset();
    this.#isReading = true;
  }

  #count(bytes: Uint8Array, length: number): void {
    const messages = this.#counter.count(bytes, length);
    if (messages > 0) this.#listener.onMessages(messages);
  }

  /** What is read is counted too, so that the counter always knows where in the stream it is. */
  #read(bytes: Buffer): void {
    this.#count(bytes, bytes.length);
    for (const text of this.#reader.read(bytes, this.#target.dialect.messagesInFrame)) {
      if (this.#isListening) this.#listener.onText(text);
      else if (this.#waiting === null) this.#unasked.push(text);
      else if (this.#waiting.until(text)) this.#waiting.resolve();
      else if (this.#target.dialect.isRefusal(text)) this.#waiting.reject(new Error(`refused: ${text}`));
    }
  }

  #readHead(length: number): void {
    this.#head += shared.toString('latin1', 0, length);
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) return;
    if (!this.#head.startsWith('HTTP/1.1 101')) {
      this.#waiting?.reject(new Error(`the handshake was answered ${this.#head.slice(0, 500)}`));
      this.#socket.destroy();
      return;
    }
    this.#isOpen = true;
    this.#waiting?.resolve();
    this.#waiting = null;
    this.#read(Buffer.from(this.#head.slice(end + HEAD_END.length), 'latin1'));
    this.#head = '';
  }

  #lose(): void {
    const reason = this.#problem === null ? '' : `: ${this.#problem.message}`;
    this.#waiting?.reject(new Error(`the server closed the connection${reason}`));
    if (!this.#isClosed) this.#listener.onLost();
    this.#isClosed = true;
  }
}
