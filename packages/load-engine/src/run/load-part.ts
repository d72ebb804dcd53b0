/**
 * One load of a run in one thread: users that come and go in loops, or starts by the clock that free users work off. It
 * closes its gate at the end, gives what is in flight its grace, and cuts off the rest.
 */
import { ArrivalExecutor } from '../executors/arrival-executor.ts';
import type { Executor } from '../executors/executor.ts';
import { UserExecutor } from '../executors/user-executor.ts';
import type { ConnectionPool } from '../http/index.ts';
import { DROPPED_ITERATIONS } from '../record/custom-metrics.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Scenario } from '../scenario/define.ts';
import { createUserFactory } from '../users/create-user.ts';
import type { LoadUser } from '../users/load-user.ts';
import { Gate } from './gate.ts';
import type { HttpDebug } from './http-debug.ts';
import type { LoadJob, PartJob } from './job.ts';
import { RunClock, type RunTimer } from './run-clock.ts';

export interface LoadPartOptions {
  readonly part: PartJob;
  readonly job: Omit<LoadJob, 'parts'>;
  /** Null for a plain request. */
  readonly scenario: Scenario | null;
  readonly recorder: Recorder;
  /** Null where their number is not limited. */
  readonly connections: ConnectionPool | null;
  readonly debug: HttpDebug | null;
  /** The iterations of all threads are used up. */
  readonly onExhausted: () => void;
  readonly onEnded: () => void;
}

export class LoadPart {
  readonly #options: LoadPartOptions;
  readonly #clock: RunClock;
  readonly #gate: Gate;
  readonly #executor: Executor;
  readonly #end: RunTimer;
  readonly #createUser: (index: number) => LoadUser;
  /** By index: who is there, and who is to go and has not gone yet. */
  readonly #users = new Map<number, LoadUser>();
  readonly #leaving = new Map<number, RunTimer>();
  /** Users of the open model who have nothing to do, the one that was busy last on top: its connection is warm. */
  readonly #idle: LoadUser[] = [];
  readonly #maxUsers: number;
  #grace: NodeJS.Timeout | undefined;
  #created = 0;
  #isDrained = false;
  #hasEnded = false;

  /** Throws for a request that cannot be sent. */
  constructor(options: LoadPartOptions) {
    const { part, job, recorder, connections, debug, scenario, onExhausted } = options;
    const { plan } = part;
    this.#options = options;
    this.#clock = new RunClock(plan);
    this.#gate = new Gate(plan.iterations, part.iterations, onExhausted);
    this.#end = this.#clock.timer(() => {
      this.#executor.follow();
      this.close();
    });
    this.#maxUsers = Math.ceil((plan.users - job.thread) / job.threads);
    const createUser = createUserFactory({
      part,
      job,
      recorder,
      connections,
      debug,
      scenario,
      gate: this.#gate,
    });
    this.#createUser = (index) => {
      const user = createUser(index, {
        onIdle: (idle) => this.#takeBack(idle),
        onEnded: () => this.#remove(index),
      });
      this.#users.set(index, user);
      return user;
    };
    if (plan.model === 'open') this.#countDropped(0);
    const shared = { segments: plan.segments, clock: this.#clock, thread: job.thread, threads: job.threads };
    this.#executor =
      plan.model === 'open'
        ? new ArrivalExecutor({ ...shared, onDue: (lateMs) => this.#fire(lateMs) })
        : new UserExecutor({
            ...shared,
            startUser: (index) => this.#startUser(index),
            stopUser: (index) => this.#stopUser(index),
          });
  }

  /** Users that are in the middle of something, or in a loop. */
  get activeUsers(): number {
    return this.#users.size - this.#idle.length;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  start(): void {
    const { durationMs } = this.#options.part.plan;
    this.#clock.start();
    if (durationMs !== null) this.#end.set(durationMs);
    this.#executor.follow();
    this.#endIfIdle();
  }

  /** Iterations that have begun go on; nothing starts, and the clock of the plan stands. */
  pause(): void {
    this.#clock.pause();
    this.#gate.pause();
  }

  resume(): void {
    this.#clock.resume();
    this.#gate.resume();
  }

  /** Another level of users, or of starts per second, from this moment of the part's clock on. */
  scale(level: number, atMs: number): void {
    if (!this.#gate.isOver) this.#executor.scale(level, Math.max(0, atMs));
  }

  /** No iteration is left: users end with the one they are in. */
  drain(): void {
    this.#executor.stop();
    this.#isDrained = true;
    this.#idle.length = 0;
    for (const user of [...this.#users.values()]) user.drain();
    this.#endIfIdle();
  }

  /** The end: no request starts any more, and those in flight have the plan's grace. */
  close(): void {
    if (this.#gate.isOver) return;
    const { graceMs } = this.#options.part.plan;
    this.#executor.stop();
    this.#end.clear();
    this.#idle.length = 0;
    this.#grace = setTimeout(
      () => this.cut(`no answer within ${graceMs} ms after the end of the run`),
      graceMs,
    );
    this.#gate.close();
    for (const user of [...this.#users.values()]) user.close();
    this.#endIfIdle();
  }

  /** Ends everything now; requests in flight count as failed for the reason given. */
  cut(reason: string): void {
    if (this.#gate.state === 'cut') return;
    this.#executor.stop();
    this.#end.clear();
    this.#gate.cut(reason);
    // First who waits for a connection: a place that becomes free must start nothing.
    for (const user of [...this.#users.values()]) user.close();
    for (const user of [...this.#users.values()]) user.cut(reason);
    this.#endIfIdle();
  }

  #startUser(index: number): void {
    const leaving = this.#leaving.get(index);
    if (leaving === undefined) {
      this.#createUser(index).start();
      return;
    }
    // It has not gone yet, and may stay.
    leaving.clear();
    this.#leaving.delete(index);
    this.#users.get(index)?.stay();
  }

  #stopUser(index: number): void {
    const user = this.#users.get(index);
    if (user === undefined) return;
    const { graceMs } = this.#options.part.plan;
    const reason = `no answer within ${graceMs} ms after its user was to go`;
    const timer = this.#clock.timer(() => user.cut(reason));
    timer.set(this.#clock.elapsedMs + graceMs);
    this.#leaving.set(index, timer);
    user.retire();
  }

  /** A start is due: a free user takes it, or a new one; where all are busy it is dropped. */
  #fire(lateMs: number): void {
    const { recorder, job } = this.#options;
    if (this.#gate.isSpent) return;
    const user = this.#idle.pop() ?? this.#addUser(job);
    if (user === null) {
      recorder.starts.dropped += 1;
      this.#countDropped(1);
    } else if (this.#gate.admit()) {
      recorder.starts.record(lateMs);
      user.fire(lateMs);
    } else this.#idle.push(user);
  }

  /** Of several loads, each has its own count, also while that is 0. */
  #countDropped(count: number): void {
    const { recorder, part } = this.#options;
    if (part.tags.scenario === undefined) return;
    recorder.metrics.add(DROPPED_ITERATIONS, 'counter', count, part.tags);
  }

  #takeBack(user: LoadUser): void {
    if (this.#isDrained) user.drain();
    else this.#idle.push(user);
  }

  #addUser({ thread, threads }: Pick<LoadJob, 'thread' | 'threads'>): LoadUser | null {
    if (this.#created >= this.#maxUsers) return null;
    const index = thread + this.#created * threads;
    this.#created += 1;
    return this.#createUser(index);
  }

  #remove(index: number): void {
    this.#users.delete(index);
    this.#leaving.get(index)?.clear();
    this.#leaving.delete(index);
    this.#endIfIdle();
  }

  /** A load without users goes on to its end: it may be scaled up again. */
  #endIfIdle(): void {
    const isThrough = this.#gate.isOver || this.#isDrained || this.#hasNothingLeft();
    if (this.#hasEnded || this.activeUsers > 0 || !isThrough) return;
    this.#hasEnded = true;
    this.#end.clear();
    clearTimeout(this.#grace);
    this.#options.onEnded();
  }

  /** Every user has had its iterations. */
  #hasNothingLeft(): boolean {
    return this.#options.part.plan.iterationsPerUser !== null && !this.#executor.hasMore;
  }
}
