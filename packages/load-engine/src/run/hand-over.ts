/**
 * How a thread hands over what it has counted: at its own pace, or at once, when the coordinator asks and waits for it.
 * The latter makes figures of a run under way exact to the moment.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type RecorderDelta, transferablesOf } from '../record/recorder.ts';

export interface HandOver {
  readonly delta: RecorderDelta;
  readonly activeUsers: number;
}

/** The thread's end; it crosses with the thread's job. */
export interface HandOverLine {
  readonly port: MessagePort;
  /** Counts the answers to `ask`. */
  readonly answers: SharedArrayBuffer;
}

/** Who does not answer in this time is in the middle of something; what it has counted comes later. */
const PATIENCE_MS = 500;

/** The coordinator's end. */
export class HandOverReceiver {
  readonly line: HandOverLine;
  readonly #port: MessagePort;
  readonly #answers: Int32Array<SharedArrayBuffer>;
  readonly #onHandOver: (handOver: HandOver) => void;
  #seen = 0;
  #isClosed = false;

  constructor(onHandOver: (handOver: HandOver) => void) {
    const { port1, port2 } = new MessageChannel();
    const answers = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    this.line = { port: port2, answers };
    this.#port = port1;
    this.#answers = new Int32Array(answers);
    this.#onHandOver = onHandOver;
    port1.on('message', onHandOver);
    // The thread keeps the process; this line does not.
    port1.unref();
  }

  /** Asks without waiting: several threads can then answer at the same time. */
  ask(): void {
    if (this.#isClosed) return;
    this.#seen = Atomics.load(this.#answers, 0);
    this.#port.postMessage(null);
  }

  /** Blocks until the answer to `ask` is there, and takes it. */
  takeAnswer(): void {
    if (this.#isClosed) return;
    Atomics.wait(this.#answers, 0, this.#seen, PATIENCE_MS);
    this.#take();
  }

  /** Takes the rest: the thread will say no more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#take();
    this.#port.close();
  }

  /** What was handed over and has not been heard of yet. */
  #take(): void {
    for (let received = receiveMessageOnPort(this.#port); received !== undefined; ) {
      this.#onHandOver(received.message as HandOver);
      received = receiveMessageOnPort(this.#port);
    }
  }
}

/** Hands over what `count` returns, whenever it is called or the coordinator asks. */
export function createHandOver({ port, answers }: HandOverLine, count: () => HandOver): () => void {
  const counter = new Int32Array(answers);
  const handOver = (): void => {
    const counted = count();
    port.postMessage(counted, transferablesOf(counted.delta));
  };
  port.on('message', () => {
    handOver();
    Atomics.add(counter, 0, 1);
    Atomics.notify(counter, 0);
  });
  port.unref();
  return handOver;
}
