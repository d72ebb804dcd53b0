/** Those who generate the load: threads of their own, or the caller's event loop. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { LoadEngineError, toMessage } from '../errors.ts';
import type { RecorderDelta } from '../record/recorder.ts';
import type { Scenario } from '../scenario/define.ts';
import { HandOverReceiver } from './hand-over.ts';
import { showText } from './http-debug.ts';
import type { LoadJob, PartJob } from './job.ts';
import { LoadLoop } from './load-loop.ts';
import type { PreparedLoad } from './load-options.ts';
import type { LoopHealth } from './loop-watch.ts';
import { type Command, type FromThread, INTERVAL_MS, type ThreadData } from './messages.ts';

/** Any odd number that spreads the seeds of parts. */
const PART_SEED = 0x9e3779b1;

/** What a member of the crew reports. */
export interface CrewListener {
  onDelta(delta: RecorderDelta): void;
  /** The iterations of a part are used up: the others should drain it. */
  onExhausted(part: number): void;
}

export interface CrewMember {
  readonly activeUsers: number;
  /** Settles when the scenario is loaded and the load can start. */
  readonly ready: Promise<void>;
  /** Settles when the last user has ended and all is reported; rejects when the member is lost. */
  readonly ended: Promise<LoopHealth>;
  tell(command: Command): void;
  /** Has what was counted until now handed over, in two steps: all are asked before one is waited for. */
  askForHandOver(): void;
  awaitHandOver(): void;
  /** Gives up on a member that does not answer. */
  terminate(reason: string): void;
}

/** How many threads a run gets: never more than were allowed, than there are cores, or than users. */
function countThreads(allowed: number, users: number): number {
  return Math.max(1, Math.min(allowed, availableParallelism(), users));
}

/** The members of a run, each with its share of every part; `shared` is what the setups returned. */
export function hireCrew(
  { parts, seed, settings, workerThreads }: PreparedLoad,
  shared: readonly unknown[],
  listener: CrewListener,
): CrewMember[] {
  const jobs = parts.map(({ source, plan, startMs, tags }, number): PartJob => {
    return {
      source: source.kind === 'plain' ? source : { ...source, shared: shared[number] },
      plan,
      startMs,
      tags,
      // Users of different parts have draws of their own.
      seed: (seed + number * PART_SEED) >>> 0,
      iterations: plan.iterations === null ? null : new SharedArrayBuffer(4),
    };
  });
  if (jobs.some(({ source }) => source.kind === 'scenario' && source.file === null)) {
    const job = { parts: jobs, thread: 0, threads: 1, settings };
    return [
      new LocalMember(
        job,
        parts.map(({ scenario }) => scenario),
        listener,
      ),
    ];
  }
  assertCloneable(jobs);
  const users = parts.reduce((sum, { plan }) => sum + plan.users, 0);
  const threads = countThreads(Math.min(workerThreads, settings.maxConnections ?? workerThreads), users);
  return Array.from({ length: threads }, (_, thread) => {
    return new ThreadMember({ parts: jobs, thread, threads, settings }, listener);
  });
}

/** Names the culprit where setup returned what cannot cross to a thread. */
function assertCloneable(jobs: readonly PartJob[]): void {
  try {
    structuredClone(jobs.map(({ source }) => source));
  } catch (cause) {
    throw new LoadEngineError(
      'setup-failed',
      `What setup returned cannot cross to the load threads: ${toMessage(cause)}`,
      { cause },
    );
  }
}

/** A member with an event loop of its own. */
class ThreadMember implements CrewMember {
  activeUsers = 0;
  readonly ready: Promise<void>;
  readonly ended: Promise<LoopHealth>;
  readonly #worker: Worker;
  readonly #name: string;
  readonly #counted: HandOverReceiver;
  #failure: Error | null = null;
  #onReady: () => void = () => {};
  #onEnded: (health: LoopHealth) => void = () => {};

  constructor(job: LoadJob, listener: CrewListener) {
    this.#name = `Load thread ${job.thread + 1} of ${job.threads}`;
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#counted = new HandOverReceiver(({ delta, activeUsers }) => {
      this.activeUsers = activeUsers;
      listener.onDelta(delta);
    });
    const { line } = this.#counted;
    const data: ThreadData = { job, line };
    this.#worker = new Worker(new URL(`./thread.${extension}`, import.meta.url), {
      workerData: data,
      transferList: [line.port],
    });
    // First of all: what a thread had handed over before it was lost counts too.
    this.#worker.on('exit', () => this.#counted.close());
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

  tell(command: Command): void {
    this.#worker.postMessage(command);
  }

  askForHandOver(): void {
    this.#counted.ask();
  }

  awaitHandOver(): void {
    this.#counted.takeAnswer();
  }

  terminate(reason: string): void {
    this.#failure ??= new LoadEngineError('thread-crashed', `${this.#name} ${reason}`);
    void this.#worker.terminate();
  }

  #hear(message: FromThread, listener: CrewListener): void {
    if (message.type === 'ready') {
      this.#onReady();
    } else if (message.type === 'refused') {
      this.#failure = new LoadEngineError('scenario-not-loaded', message.message);
    } else if (message.type === 'exhausted') {
      listener.onExhausted(message.part);
    } else if (message.type === 'text') {
      showText(message.text);
    } else {
      this.#retire(message.health);
    }
  }

  /** Scenario code may have left timers or sockets that would keep the thread, and with it the process. */
  #retire(health: LoopHealth): void {
    this.#counted.close();
    this.activeUsers = 0;
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
class LocalMember implements CrewMember {
  readonly ready = Promise.resolve();
  readonly ended: Promise<LoopHealth>;
  readonly #loop: LoadLoop;
  readonly #listener: CrewListener;

  constructor(job: LoadJob, scenarios: readonly (Scenario | null)[], listener: CrewListener) {
    this.#listener = listener;
    this.#loop = new LoadLoop(job, scenarios, {
      // Not in the middle of the start that was the last one: from a thread it would come later too.
      onExhausted: (part) => void setImmediate(() => listener.onExhausted(part)),
      onText: showText,
    });
    this.ended = this.#loop.ended.then(() => {
      listener.onDelta(this.#loop.recorder.takeDelta());
      return this.#loop.health();
    });
  }

  get activeUsers(): number {
    return this.#loop.activeUsers;
  }

  tell(command: Command): void {
    if (command.type === 'start') this.#report();
    this.#loop.obey(command);
  }

  askForHandOver(): void {
    this.#listener.onDelta(this.#loop.recorder.takeDelta());
  }

  awaitHandOver(): void {}

  /** Nothing can be done from outside: whoever asks runs on this very loop. */
  terminate(): void {}

  #report(): void {
    const timer = setInterval(() => {
      this.#loop.look();
      this.#listener.onDelta(this.#loop.recorder.takeDelta());
    }, INTERVAL_MS);
    void this.#loop.ended.then(() => clearInterval(timer));
  }
}
