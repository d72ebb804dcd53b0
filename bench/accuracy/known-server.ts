/**
 * A server whose latency is known: it holds each request for exactly as long as its behaviour says, however many there
 * are, and logs when each arrived and was answered. A timer wakes it shortly before a request is due, and for the rest
 * it looks again in each turn of its event loop; so it needs a core of its own.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { DueQueue } from './due-queue.ts';
import { HeadCounter } from './head-counter.ts';
import { answerTimeOf, type Behaviour } from './latency.ts';
import type { ServerLog } from './truth.ts';

/** Timers are a millisecond or two late. */
const SPIN_MS = 2.5;
/** Then arrivals have their turn: they are logged on time while a backlog is answered. */
const ANSWERS_IN_A_TURN = 32;
const FIRST_CAPACITY = 4096;
const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok');

export class KnownServer {
  readonly server: Server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  #behaviour: Behaviour = { latency: { kind: 'constant', ms: 0 }, stall: null };
  #arrivedMs = new Float64Array(FIRST_CAPACITY);
  #answeredMs = new Float64Array(FIRST_CAPACITY);
  #count = 0;
  /** By number; emptied when answered. */
  readonly #asking = new Map<number, Socket>();
  #queue = new DueQueue();
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  /** Forgets all it saw. Requests that it still holds are never answered. */
  reset(behaviour: Behaviour): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    this.#behaviour = behaviour;
    this.#count = 0;
    this.#asking.clear();
    this.#queue = new DueQueue();
  }

  get log(): ServerLog {
    return {
      arrivedMs: this.#arrivedMs.slice(0, this.#count),
      answeredMs: this.#answeredMs.slice(0, this.#count),
    };
  }

  #accept(socket: Socket): void {
    const heads = new HeadCounter();
    socket.on('data', (bytes) => {
      const nowMs = performance.now();
      for (let left = heads.count(bytes); left > 0; left -= 1) this.#hold(socket, nowMs);
    });
    // A client that ends cuts what it waits for.
    socket.on('error', () => socket.destroy());
  }

  #hold(socket: Socket, nowMs: number): void {
    const n = this.#count;
    if (n === this.#arrivedMs.length) this.#grow();
    this.#count += 1;
    this.#arrivedMs[n] = nowMs;
    this.#answeredMs[n] = Number.NaN;
    this.#asking.set(n, socket);
    const dueMs = answerTimeOf(this.#behaviour, this.#arrivedMs[0] ?? nowMs, nowMs, n);
    const isNext = dueMs < this.#queue.nextDueMs;
    this.#queue.add(n, dueMs);
    if (isNext) this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#immediate !== undefined || this.#queue.size === 0) return;
    const waitMs = this.#queue.nextDueMs - performance.now();
    if (waitMs > SPIN_MS + 1) this.#timer = setTimeout(() => this.#look(), Math.floor(waitMs - SPIN_MS));
    else this.#look();
  }

  #look(): void {
    this.#immediate = undefined;
    for (let answered = 0; answered < ANSWERS_IN_A_TURN; answered += 1) {
      if (this.#queue.nextDueMs > performance.now()) break;
      this.#answer(this.#queue.take() ?? 0);
    }
    if (this.#queue.nextDueMs - performance.now() > SPIN_MS + 1) this.#wait();
    else this.#immediate = setImmediate(() => this.#look());
  }

  #answer(n: number): void {
    const socket = this.#asking.get(n);
    this.#asking.delete(n);
    if (socket === undefined || !socket.writable) return;
    this.#answeredMs[n] = performance.now();
    socket.write(ANSWER);
  }

  #grow(): void {
    const [arrived, answered] = [this.#arrivedMs, this.#answeredMs];
    this.#arrivedMs = new Float64Array(2 * arrived.length);
    this.#answeredMs = new Float64Array(2 * arrived.length);
    this.#arrivedMs.set(arrived);
    this.#answeredMs.set(answered);
  }
}
