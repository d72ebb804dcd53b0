/** Those who generate the load: threads of their own, or the caller's event loop. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { LoadEngineError, toMessage } from '../errors.ts';
import type { RecorderDelta } from '../record/recorder.ts';
import type { Scenario } from '../scenario/define.ts';
import type { LoadJob } from './job.ts';
import { LoadLoop } from './load-loop.ts';
import type { LoopHealth } from './loop-watch.ts';
import { type FromThread, INTERVAL_MS, type ToThread } from './messages.ts';

/** What a member of the crew reports. */
export interface CrewListener {
  onDelta(delta: RecorderDelta): void;
  /** The iterations of the whole run are used up: the others should drain. */
  onExhausted(): void;
}

export interface CrewMember {
  readonly activeUsers: number;
  /** Settles when the scenario is loaded and the load can start. */
  readonly ready: Promise<void>;
  /** Settles when the last user has ended and all is reported; rejects when the member is lost. */
  readonly ended: Promise<LoopHealth>;
  start(): void;
  drain(): void;
  close(): void;
  cut(reason: string): void;
  /** Gives up on a member that does not answer. */
  terminate(reason: string): void;
}

/** How many threads a run gets: never more than were allowed, than there are cores, or than users. */
export function countThreads(allowed: number, users: number): number {
  return Math.max(1, Math.min(allowed, availableParallelism(), users));
}

/** A member with an event loop of its own. */
export class ThreadMember implements CrewMember {
  activeUsers = 0;
  readonly ready: Promise<void>;
  readonly ended: Promise<LoopHealth>;
  readonly #worker: Worker;
  readonly #name: string;
  #failure: Error | null = null;
  #onReady: () => void = () => {};
  #onEnded: (health: LoopHealth) => void = () => {};

  constructor(job: LoadJob, listener: CrewListener) {
    this.#name = `Load thread ${job.thread + 1} of ${job.threads}`;
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#worker = new Worker(new URL(`./thread.${extension}`, import.meta.url), { workerData: job });
    this.ready = new Promise((resolve, reject) => {
      this.#onReady = resolve;
      this.#worker.on('exit', (exitCode) => reject(this.#toFailure(exitCode)));
    });
    this.ended = new Promise((resolve, reject) => {
      this.#onEnded = resolve;
      this.#worker.on('exit', (exitCode) => reject(this.#toFailure(exitCode)));
    });
    // Both are awaited later: until then a rejection is not unhandled, only early.
    for (const promise of [this.ready, this.ended]) promise.catch(() => {});
    this.#worker.on('message', (message: FromThread) => this.#hear(message, listener));
    this.#worker.on('error', (error) => {
      this.#failure = new LoadEngineError('thread-crashed', `${this.#name} crashed: ${toMessage(error)}`, {
        cause: error,
      });
    });
  }

  start(): void {
    this.#tell({ type: 'start' });
  }

  drain(): void {
    this.#tell({ type: 'drain' });
  }

  close(): void {
    this.#tell({ type: 'close' });
  }

  cut(reason: string): void {
    this.#tell({ type: 'cut', reason });
  }

  terminate(reason: string): void {
    this.#failure ??= new LoadEngineError('thread-crashed', `${this.#name} ${reason}`);
    void this.#worker.terminate();
  }

  #tell(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromThread, listener: CrewListener): void {
    if (message.type === 'ready') {
      this.#onReady();
    } else if (message.type === 'refused') {
      this.#failure = new LoadEngineError('scenario-not-loaded', message.message);
    } else if (message.type === 'exhausted') {
      listener.onExhausted();
    } else {
      listener.onDelta(message.delta);
      this.activeUsers = message.type === 'interval' ? message.activeUsers : 0;
      if (message.type === 'ended') this.#retire(message.health);
    }
  }

  /** Scenario code may have left timers or sockets that would keep the thread, and with it the process. */
  #retire(health: LoopHealth): void {
    this.#onEnded(health);
    void this.#worker.terminate();
  }

  #toFailure(exitCode: number): Error {
    return (
      this.#failure ??
      new LoadEngineError('thread-crashed', `${this.#name} ended by itself (exit code ${exitCode}).`)
    );
  }
}

/** A member on the caller's event loop, for a scenario whose functions cannot cross threads. */
export class LocalMember implements CrewMember {
  readonly ready = Promise.resolve();
  readonly ended: Promise<LoopHealth>;
  readonly #loop: LoadLoop;
  readonly #listener: CrewListener;

  constructor(job: LoadJob, scenario: Scenario, listener: CrewListener) {
    this.#listener = listener;
    this.#loop = new LoadLoop(job, scenario, () => listener.onExhausted());
    this.ended = this.#loop.ended.then(() => {
      listener.onDelta(this.#loop.recorder.takeDelta());
      return this.#loop.health();
    });
  }

  get activeUsers(): number {
    return this.#loop.activeUsers;
  }

  start(): void {
    const timer = setInterval(() => {
      this.#loop.look();
      this.#listener.onDelta(this.#loop.recorder.takeDelta());
    }, INTERVAL_MS);
    void this.#loop.ended.then(() => clearInterval(timer));
    this.#loop.start();
  }

  drain(): void {
    this.#loop.drain();
  }

  close(): void {
    this.#loop.close();
  }

  cut(reason: string): void {
    this.#loop.cut(reason);
  }

  /** Nothing can be done from outside: whoever asks runs on this very loop. */
  terminate(): void {}
}
