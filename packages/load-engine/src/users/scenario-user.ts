/** A virtual user that runs a scenario's code: onStart once, then its tasks by weight, with pauses, until the end. */

import type { Wait } from '../durations.ts';
import { toMessage } from '../errors.ts';
import { ITERATION_DURATION, ITERATIONS } from '../record/custom-metrics.ts';
import type { Tags } from '../record/step-recorder.ts';
import { type ClientWork, ScenarioClient } from '../scenario/client.ts';
import type { Scenario, ScenarioOptions } from '../scenario/define.ts';
import { createRandom, type Random } from '../scenario/random.ts';
import type { VirtualUser } from '../scenario/user.ts';
import type { WeightedChoice } from '../scenario/weighted-choice.ts';
import type { LoadUser, LoadUserListener } from './load-user.ts';
import { RECONNECT_PAUSE_MS } from './plain-user.ts';

/** What the scenario users of a thread share. */
export interface ScenarioWork extends ClientWork {
  readonly scenario: Scenario;
  readonly options: ScenarioOptions;
  readonly wait: Wait;
  readonly env: Readonly<Record<string, string>>;
  readonly shared: unknown;
  readonly seed: number;
  readonly choice: WeightedChoice;
  /** Its iterations are counted apart from those of other loads. */
  readonly isOneOfSeveral: boolean;
  /** Of each task, those of the load among them. */
  readonly taskTags: readonly Tags[];
  /** Of each user. */
  readonly iterations: number;
}

class ScenarioUser extends ScenarioClient implements VirtualUser<ScenarioOptions, unknown, unknown> {
  readonly index: number;
  readonly options: ScenarioOptions;
  readonly env: Readonly<Record<string, string>>;
  readonly shared: unknown;
  state: unknown;
  readonly baseUrl: string;
  readonly random: Random;
  readonly #scenario: ScenarioWork;
  readonly #life: Life;
  #isRetiring = false;
  #hasBegun = false;
  /** Between two iterations that are fired from outside. */
  #isIdle = true;

  constructor(work: ScenarioWork, index: number, onEnded: () => void) {
    const life = new Life(() => {
      this.close();
      onEnded();
    });
    super(
      work,
      () => life.endIfThrough(this.inFlight),
      () => life.finish(this.inFlight),
    );
    this.#scenario = work;
    this.#life = life;
    this.index = index;
    this.options = work.options;
    this.env = work.env;
    this.shared = work.shared;
    this.baseUrl = work.targets.baseUrl;
    this.random = createRandom(work.seed, index);
  }

  randomInt(lowest: number, highest: number): number {
    return lowest + Math.floor(this.random() * (highest - lowest + 1));
  }

  async sleep(milliseconds: number): Promise<void> {
    if (!this.work.gate.isOver) await this.#life.pause(milliseconds);
    if (this.work.gate.isOver) await this.block();
  }

  /** Lives until the gate admits no further task, or it is to go. */
  async loop(): Promise<void> {
    const { gate, wait } = this.#scenario;
    this.#isIdle = false;
    await this.#begin();
    for (let left = this.#scenario.iterations; left > 0 && (await this.#isAdmitted()); left -= 1) {
      await this.#iterate(0);
      if (left > 1 && !this.#isRetiring && !gate.isSpent && wait.maxMs > 0) {
        await this.#life.rest(wait.minMs + this.random() * (wait.maxMs - wait.minMs));
      }
    }
    this.#life.finish(this.inFlight);
  }

  /** One task, which was to start `lateMs` ago. Resolves with whether the user is free for another one. */
  async once(lateMs: number): Promise<boolean> {
    this.#isIdle = false;
    const firedAt = performance.now();
    if (!this.#hasBegun) await this.#begin();
    await this.#iterate(lateMs + performance.now() - firedAt);
    this.#isIdle = true;
    const isFree = !this.#isRetiring && !this.work.gate.isOver;
    if (!isFree) this.#life.finish(this.inFlight);
    return isFree;
  }

  /** It goes when its task is through. */
  retire(): void {
    this.#isRetiring = true;
    this.#life.wakeFromRest();
  }

  stay(): void {
    this.#isRetiring = false;
  }

  /** Ends the pause between two tasks, after which the gate says whether another one comes. */
  drain(): void {
    this.#life.wakeFromRest();
    if (this.#isIdle) this.#life.finish(this.inFlight);
  }

  /** Ends all pauses, and takes back what waits for a connection: the run is over. */
  closeRun(): void {
    this.withdraw();
    this.#life.wakeAll();
    this.drain();
  }

  /** Cuts off what is in flight, and the user with it. */
  cut(reason: string): void {
    this.cutReason = reason;
    this.close();
    this.#life.finish(this.inFlight);
  }

  async #begin(): Promise<void> {
    const { scenario } = this.#scenario;
    this.#hasBegun = true;
    if (scenario.state) {
      await this.#attempt('state', () => {
        this.state = scenario.state?.();
      });
    }
    if (scenario.onStart) await this.#attempt('onStart', scenario.onStart);
  }

  /** Waits while the run is paused. */
  async #isAdmitted(): Promise<boolean> {
    const { gate } = this.work;
    while (!this.#isRetiring) {
      if (gate.admit()) return true;
      if (gate.state !== 'paused') return false;
      await new Promise<void>((resolve) => gate.park(resolve));
    }
    return false;
  }

  async #iterate(lateMs: number): Promise<void> {
    const { scenario, recorder, choice, taskTags, isOneOfSeveral } = this.#scenario;
    const startedAt = performance.now();
    const drawn = choice.draw(this.random);
    const task = scenario.tasks[drawn];
    this.tags = taskTags[drawn] ?? this.work.tags;
    recorder.iterations += 1;
    if (isOneOfSeveral) recorder.metrics.add(ITERATIONS, 'counter', 1, this.work.tags);
    this.lateMs = lateMs;
    if (task) await this.#attempt(task.name, task.run);
    this.lateMs = 0;
    const tookMs = performance.now() - startedAt + lateMs;
    recorder.iterationTimes.record(tookMs);
    if (isOneOfSeveral) recorder.metrics.add(ITERATION_DURATION, 'trend', tookMs, this.work.tags);
  }

  async #attempt(
    name: string,
    code: (user: VirtualUser<ScenarioOptions, never, never>) => unknown,
  ): Promise<void> {
    const sentBefore = this.sentCount;
    try {
      await code(this as unknown as VirtualUser<ScenarioOptions, never, never>);
      // A task that waits for nothing would keep the event loop from its sockets and timers.
      if (this.sentCount === sentBefore) await new Promise(setImmediate);
    } catch (thrown) {
      this.work.recorder.recordException(name, toMessage(thrown));
      await this.#life.rest(RECONNECT_PAUSE_MS);
    }
  }
}

/** Keeps the engine's handles out of the object that scenario code sees. */
export function createScenarioUser(work: ScenarioWork, index: number, listener: LoadUserListener): LoadUser {
  const user = new ScenarioUser(work, index, () => listener.onEnded(handle));
  const handle: LoadUser = {
    start: () => void user.loop(),
    fire: (lateMs) => {
      void user.once(lateMs).then((isFree) => {
        if (isFree) listener.onIdle(handle);
      });
    },
    retire: () => user.retire(),
    stay: () => user.stay(),
    drain: () => user.drain(),
    close: () => user.closeRun(),
    cut: (reason) => user.cut(reason),
  };
  return handle;
}

/** The pauses of a user and its end, which comes once: when its code is through and nothing is in flight. */
class Life {
  #state: 'living' | 'through' | 'ended' = 'living';
  readonly #onEnded: () => void;
  readonly #sleepers = new Set<() => void>();
  #wakeRest: (() => void) | null = null;

  constructor(onEnded: () => void) {
    this.#onEnded = onEnded;
  }

  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#sleep(milliseconds, resolve));
  }

  /** A pause between two tasks. */
  rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeRest = this.#sleep(milliseconds, resolve);
    });
  }

  wakeFromRest(): void {
    this.#wakeRest?.();
  }

  wakeAll(): void {
    for (const wake of [...this.#sleepers]) wake();
  }

  finish(inFlight: number): void {
    if (this.#state === 'living') this.#state = 'through';
    this.endIfThrough(inFlight);
  }

  endIfThrough(inFlight: number): void {
    if (this.#state !== 'through' || inFlight > 0) return;
    this.#state = 'ended';
    this.wakeAll();
    this.#onEnded();
  }

  #sleep(milliseconds: number, resolve: () => void): () => void {
    const wake = (): void => {
      clearTimeout(timer);
      this.#sleepers.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    this.#sleepers.add(wake);
    return wake;
  }
}
