// All sinks, spread over threads: the connection with the number i is in the thread i modulo their count.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { COUNTS, type ServerAddress, type SinkData, type SinkOrder, type Topics, toTopic } from './orders.ts';

export interface Listening {
  readonly listeners: number;
  /** How many of the connections get messages. */
  readonly subscribers: number;
  readonly fromUs: number;
}

export class SinkThreads {
  readonly #workers: readonly Worker[];
  readonly #counts: readonly Int32Array[];

  constructor(address: ServerAddress, threads: number) {
    this.#counts = Array.from({ length: threads }, () => {
      const bytes = COUNTS.length * Int32Array.BYTES_PER_ELEMENT;
      return new Int32Array(new SharedArrayBuffer(bytes));
    });
    this.#workers = this.#counts.map((counts) => {
      const workerData: SinkData = { ...address, counts };
      return new Worker(new URL('./sinks.ts', import.meta.url), { workerData });
    });
  }

  /** That came so far. */
  get messages(): number {
    return this.#sum(COUNTS.messages);
  }

  /** Connections that the server closed. */
  get lost(): number {
    return this.#sum(COUNTS.lost);
  }

  async connect(count: number, atOnce: number): Promise<void> {
    const { length } = this.#workers;
    if (count % length !== 0)
      throw new RangeError(`${count} connections cannot be shared by ${length} threads`);
    await this.#order(() => ({ do: 'connect', count: count / length, atOnce: Math.ceil(atOnce / length) }));
  }

  async subscribe(count: number, topics: Topics): Promise<void> {
    const numbers = Array.from({ length: count }, (_, number) => number);
    await this.#order((thread) => ({
      do: 'subscribe',
      topics: numbers
        .filter((number) => number % this.#workers.length === thread)
        .map((number) => toTopic(topics, number)),
    }));
  }

  /** Some of the first connections, evenly spread, note how long what is sent from `fromUs` on takes. */
  async listen({ listeners, subscribers, fromUs }: Listening): Promise<void> {
    const each = subscribers / this.#workers.length;
    const every = Math.max(1, Math.floor(subscribers / listeners));
    await this.#order(() => ({ do: 'listen', every, below: each, fromUs }));
  }

  /** What the listeners noted, in microseconds. */
  async tellTimes(): Promise<Float64Array> {
    const parts = await this.#order<Float64Array>(() => ({ do: 'tell' }));
    return Float64Array.from(parts.flatMap((part) => [...part]));
  }

  async #order<T>(toOrder: (thread: number) => SinkOrder): Promise<T[]> {
    return Promise.all(
      this.#workers.map(async (worker, thread) => {
        worker.postMessage(toOrder(thread));
        const [{ result, problem }] = await once(worker, 'message');
        if (problem !== undefined) throw new Error(problem);
        return result;
      }),
    );
  }

  #sum(count: number): number {
    return this.#counts.reduce((sum, counts) => sum + Atomics.load(counts, count), 0);
  }
}
