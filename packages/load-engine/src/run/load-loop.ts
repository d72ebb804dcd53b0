/**
 * The load of one thread on its event loop: starts users by the plan, closes the gate at the end, gives what is in
 * flight its grace, and cuts off the rest. All times come from the monotonic clock.
 */
import { LONGEST_TIMER_MS } from '../durations.ts';
import { ConstantUsers } from '../executors/constant-users.ts';
import { createTarget, renderRequest } from '../http/index.ts';
import { Recorder } from '../record/recorder.ts';
import type { Scenario } from '../scenario/define.ts';
import { Targets } from '../scenario/targets.ts';
import { WeightedChoice } from '../scenario/weighted-choice.ts';
import { toStatusTable } from '../users/expectation.ts';
import { PlainUser, type PlainWork } from '../users/plain-user.ts';
import { ScenarioUser, type ScenarioWork } from '../users/scenario-user.ts';
import { Gate } from './gate.ts';
import type { LoadJob, PlainSource, ScenarioSource } from './job.ts';
import { type LoopHealth, LoopWatch } from './loop-watch.ts';

/** What the loop needs of a user, of either kind. */
interface LoopUser {
  start(): void;
  /** No further iteration will be admitted. */
  drain(): void;
  /** The run is over: nothing but what is in flight goes on. */
  close(): void;
  cut(): void;
}

export class LoadLoop {
  readonly recorder = new Recorder();
  /** Settles when the last user has ended. */
  readonly ended: Promise<void>;
  readonly #job: LoadJob;
  readonly #gate: Gate;
  readonly #executor: ConstantUsers;
  readonly #users = new Set<LoopUser>();
  readonly #createUser: (index: number, onEnded: () => void) => LoopUser;
  readonly #watch = new LoopWatch();
  #startedAt = 0;
  #endedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #resolveEnded: () => void = () => {};

  /** `onExhausted` tells that the iterations of the whole run are used up. Throws for a request that cannot be sent. */
  constructor(job: LoadJob, scenario: Scenario | null, onExhausted: () => void) {
    this.#job = job;
    this.#gate = new Gate(job.plan.iterations, job.iterations, onExhausted);
    this.#executor = new ConstantUsers(job.plan, job.thread, job.threads, (index) => this.#startUser(index));
    this.#createUser =
      job.source.kind === 'plain' ? this.#plainUsers(job.source) : this.#scenarioUsers(job.source, scenario);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get activeUsers(): number {
    return this.#users.size;
  }

  start(): void {
    this.#startedAt = performance.now();
    this.#watch.start();
    if (this.#job.plan.durationMs !== null) this.#closeAt(this.#startedAt + this.#job.plan.durationMs);
    this.#executor.start(this.#startedAt);
  }

  /** No iteration is left: users end with the one they are in. */
  drain(): void {
    this.#executor.stop();
    for (const user of [...this.#users]) user.drain();
    this.#endIfIdle();
  }

  /** The end of the run: no request starts any more, and those in flight have the plan's grace. */
  close(): void {
    if (this.#gate.state !== 'open') return;
    this.#gate.state = 'closing';
    clearTimeout(this.#timer);
    const { graceMs } = this.#job.plan;
    this.#timer = setTimeout(
      () => this.cut(`no answer within ${graceMs} ms after the end of the run`),
      graceMs,
    );
    this.#executor.stop();
    for (const user of [...this.#users]) user.close();
    this.#endIfIdle();
  }

  /** Ends everything now; requests in flight count as failed for the reason given. */
  cut(reason: string): void {
    if (this.#gate.state === 'cut') return;
    this.#gate.state = 'cut';
    this.#gate.cutReason = reason;
    this.#executor.stop();
    for (const user of [...this.#users]) user.cut();
    this.#endIfIdle();
  }

  /** Now and then, between two hand-overs of what was counted. */
  look(): void {
    this.#watch.look();
  }

  health(): LoopHealth {
    return this.#watch.health((this.#endedAt || performance.now()) - this.#startedAt);
  }

  #closeAt(time: number): void {
    const leftMs = time - performance.now();
    if (leftMs <= 0) this.close();
    else this.#timer = setTimeout(() => this.#closeAt(time), Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS));
  }

  #startUser(index: number): void {
    const user = this.#createUser(index, () => {
      this.#users.delete(user);
      this.#endIfIdle();
    });
    this.#users.add(user);
    user.start();
  }

  #endIfIdle(): void {
    if (this.#users.size > 0 || this.#executor.hasUsersToStart || this.#endedAt > 0) return;
    this.#endedAt = performance.now();
    clearTimeout(this.#timer);
    this.#watch.stop();
    this.#resolveEnded();
  }

  #plainUsers(source: PlainSource): (index: number, onEnded: () => void) => LoopUser {
    const target = createTarget(source.url, { requestTimeoutMs: this.#job.requestTimeoutMs });
    const work: PlainWork = {
      target,
      request: renderRequest({
        method: source.method,
        target,
        headers: source.headers,
        ...(source.body === undefined ? {} : { body: source.body }),
      }),
      step: this.recorder.step(source.name),
      recorder: this.recorder,
      expected: toStatusTable(source.expect),
      gate: this.#gate,
    };
    return (_index, onEnded) => {
      const user = new PlainUser(work, onEnded);
      return {
        start: () => user.start(),
        drain: () => user.drain(),
        close: () => user.drain(),
        cut: () => user.cut(),
      };
    };
  }

  #scenarioUsers(
    source: ScenarioSource,
    scenario: Scenario | null,
  ): (index: number, onEnded: () => void) => LoopUser {
    if (scenario === null) throw new TypeError('expected the scenario that the job names');
    const work: ScenarioWork = {
      targets: new Targets(source.baseUrl, this.#job.requestTimeoutMs),
      recorder: this.recorder,
      gate: this.#gate,
      scenario,
      options: source.options,
      wait: source.wait,
      shared: source.shared,
      seed: this.#job.seed,
      choice: new WeightedChoice(scenario.tasks.map((task) => task.weight ?? 1)),
    };
    return (index, onEnded) => toLoopUser(new ScenarioUser(work, index, onEnded), work);
  }
}

/** Keeps the engine's handles out of the object that scenario code sees. */
function toLoopUser(user: ScenarioUser, work: ScenarioWork): LoopUser {
  return {
    start: () => void user.run(work),
    drain: () => user.drain(),
    close: () => user.closeRun(),
    cut: () => user.cut(),
  };
}
