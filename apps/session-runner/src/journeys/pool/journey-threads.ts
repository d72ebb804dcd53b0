/** The threads of the pool (piscina): one journey each, listened to while it is played, ended when it will not end. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { JourneyEnd, JourneyListener, JourneyOrder } from '../journey.ts';
import type { ThreadData, ThreadModule } from '../thread/thread-messages.ts';
import { type PlayedJourney, playOnThread, type ThreadCall } from './played-journey.ts';

const HANDLER: keyof ThreadModule = 'playJourney';
/** V8 would let it grow to three times as much, which many threads add up to. */
const YOUNG_GENERATION_MB = 12;
const CANNOT_START = 'Its thread could not be started.';

export interface JourneyThreadsOptions extends ThreadData {
  /** They start when they are first needed, and stay. */
  readonly threads: number;
  readonly threadFile: URL;
  /** What went wrong in a thread or in a listener, for the log. */
  onError(error: unknown, order: JourneyOrder | null): void;
}

export class JourneyThreads {
  readonly #options: JourneyThreadsOptions;
  readonly #pool: Piscina;
  readonly #played = new Set<PlayedJourney>();
  readonly #leaving = new Set<Promise<unknown>>();

  constructor(options: JourneyThreadsOptions) {
    this.#options = options;
    const { config, allowList } = options;
    this.#pool = new Piscina({
      filename: fileURLToPath(options.threadFile),
      name: HANDLER,
      minThreads: 0,
      maxThreads: options.threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      // Else an idle thread sleeps without an event loop, and keeps the last target's connection half closed.
      atomics: 'disabled',
      recordTiming: false,
      resourceLimits: {
        maxOldGenerationSizeMb: config.threadMemoryMb,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
      },
      workerData: { config, allowList } satisfies ThreadData,
      // No argument of the parent (a debugger port, a loader of a test runner) and none of its secrets concern a thread.
      execArgv: [],
      env: {},
    });
    this.#pool.on('error', (error) => {
      this.#options.onError(error, null);
      this.#checkSoon();
    });
    this.#pool.on('workerDestroy', () => this.#checkSoon());
  }

  /** Call it at most as often at once as there are threads. */
  play(order: JourneyOrder, listener: JourneyListener): PlayedJourney {
    const played = playOnThread(order, listener, {
      config: this.#options.config,
      run: (call) => this.#run(call),
      endThread: (controller) => this.#endThread(controller),
      onError: (error) => this.#options.onError(error, order),
    });
    this.#played.add(played);
    void played.freed.then(() => this.#played.delete(played));
    return played;
  }

  /** Resolves when the last thread is gone. */
  async close(): Promise<void> {
    await this.#pool.destroy();
    await Promise.all(this.#leaving);
  }

  async #run({ task, signal }: ThreadCall): Promise<JourneyEnd> {
    return (await this.#pool.run(task, { transferList: [task.port], signal })) as JourneyEnd;
  }

  /** Aborting takes the task out of piscina's hands and its worker out of the pool; here we wait until that is gone. */
  async #endThread(controller: AbortController): Promise<void> {
    const before = this.#pool.threads;
    controller.abort();
    const remaining = new Set(this.#pool.threads);
    for (const thread of before.filter((each) => !remaining.has(each))) {
      const gone = once(thread, 'exit').catch(() => undefined);
      this.#leaving.add(gone);
      await gone;
      this.#leaving.delete(gone);
    }
  }

  /** When what a lost thread was playing has ended by that. */
  #checkSoon(): void {
    setImmediate(() => this.#failThreadless());
  }

  /** piscina starts no other thread for one that broke while it was starting: somebody here waits in vain. */
  #failThreadless(): void {
    const inNeed = [...this.#played].filter((played) => !played.isEnding);
    const waiting = inNeed.filter((played) => played.isWaiting);
    const missing = inNeed.length - this.#pool.threads.length;
    for (const played of waiting.slice(0, Math.max(0, missing))) played.fail(CANNOT_START);
  }
}
