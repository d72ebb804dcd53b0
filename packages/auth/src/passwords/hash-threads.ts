/**
 * Threads that do nothing but bcrypt.
 *
 * bcrypt's own promises run on libuv's pool of four threads, which files and name look-ups share: a few logins
 * would stop them. Threads of our own leave that pool alone on any number of cores.
 */
import { Worker } from 'node:worker_threads';
import type { HashJob, HashResult } from './hash-worker.ts';

export class HashThreads {
  readonly #limit: number;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();

  /** Threads start when they are first needed, at most `limit` of them. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  async hash(password: string, cost: number): Promise<string> {
    const result = await this.#run({ type: 'hash', password, cost });
    if (typeof result !== 'string') throw new Error('The hash thread answered a hash with something else.');
    return result;
  }

  async compare(password: string, hash: string): Promise<boolean> {
    return (await this.#run({ type: 'compare', password, hash })) === true;
  }

  async close(): Promise<void> {
    const threads = [...this.#all];
    this.#all.clear();
    this.#idle.length = 0;
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  async #run(job: HashJob): Promise<string | boolean> {
    const thread = this.#idle.pop() ?? this.#start();
    // A script that only hashes must not end before its hash does; an idle thread must not keep it.
    thread.ref();
    try {
      const result = await ask(thread, job);
      if (!result.ok) throw new Error(`bcrypt failed: ${result.message}`);
      return result.value;
    } finally {
      if (this.#all.has(thread)) {
        thread.unref();
        this.#idle.push(thread);
      }
    }
  }

  #start(): Worker {
    if (this.#all.size >= this.#limit) throw new Error(`More than ${this.#limit} hashes at once.`);
    // No argument of the parent (a debugger port, a loader of a test runner) concerns this thread.
    const thread = new Worker(new URL('./hash-worker.ts', import.meta.url), { execArgv: [], env: {} });
    this.#all.add(thread);
    thread.once('exit', () => {
      this.#all.delete(thread);
      const index = this.#idle.indexOf(thread);
      if (index !== -1) this.#idle.splice(index, 1);
    });
    thread.unref();
    return thread;
  }
}

function ask(thread: Worker, job: HashJob): Promise<HashResult> {
  const { promise, resolve, reject } = Promise.withResolvers<HashResult>();
  const onMessage = (result: HashResult) => settle(() => resolve(result));
  const onError = (error: Error) => settle(() => reject(error));
  const onExit = () => settle(() => reject(new Error('The hash thread ended before its answer.')));
  const settle = (finish: () => void) => {
    thread.off('message', onMessage).off('error', onError).off('exit', onExit);
    finish();
  };
  thread.on('message', onMessage).on('error', onError).on('exit', onExit);
  thread.postMessage(job);
  return promise;
}
