/** A virtual user that runs a scenario's code: onStart once, then its tasks by weight, with pauses, until the end. */

import type { Wait } from '../durations.ts';
import { toMessage } from '../errors.ts';
import { type ClientWork, ScenarioClient } from '../scenario/client.ts';
import type { Scenario, ScenarioOptions } from '../scenario/define.ts';
import { createRandom, type Random } from '../scenario/random.ts';
import type { VirtualUser } from '../scenario/user.ts';
import type { WeightedChoice } from '../scenario/weighted-choice.ts';
import { RECONNECT_PAUSE_MS } from './plain-user.ts';

/** What the scenario users of a thread share. */
export interface ScenarioWork extends ClientWork {
  readonly scenario: Scenario;
  readonly options: ScenarioOptions;
  readonly wait: Wait;
  readonly shared: unknown;
  readonly seed: number;
  readonly choice: WeightedChoice;
}

export class ScenarioUser extends ScenarioClient implements VirtualUser<ScenarioOptions, unknown, unknown> {
  readonly index: number;
  readonly options: ScenarioOptions;
  readonly shared: unknown;
  state: unknown;
  readonly baseUrl: string;
  readonly random: Random;
  readonly #life: Life;

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
    this.#life = life;
    this.index = index;
    this.options = work.options;
    this.shared = work.shared;
    this.baseUrl = work.targets.baseUrl;
    this.random = createRandom(work.seed, index);
  }

  randomInt(lowest: number, highest: number): number {
    return lowest + Math.floor(this.random() * (highest - lowest + 1));
  }

  async sleep(milliseconds: number): Promise<void> {
    if (this.work.gate.state === 'open') await this.#life.pause(milliseconds);
    if (this.work.gate.state !== 'open') await this.block();
  }

  /** Lives until the gate admits no further task. */
  async run(work: ScenarioWork): Promise<void> {
    const { scenario, gate, recorder, choice, wait } = work;
    if (scenario.state) {
      await this.#attempt('state', () => {
        this.state = scenario.state?.();
      });
    }
    if (scenario.onStart) await this.#attempt('onStart', scenario.onStart);
    while (gate.admit()) {
      const task = scenario.tasks[choice.draw(this.random)];
      recorder.iterations += 1;
      if (task) await this.#attempt(task.name, task.run);
      if (!gate.isSpent && wait.maxMs > 0) {
        await this.#life.rest(wait.minMs + this.random() * (wait.maxMs - wait.minMs));
      }
    }
    this.#life.finish(this.inFlight);
  }

  /** Ends the pause between two tasks, after which the gate says whether another one comes. */
  drain(): void {
    this.#life.wakeFromRest();
  }

  /** Ends all pauses: the run is over. */
  closeRun(): void {
    this.#life.wakeAll();
  }

  /** Cuts off what is in flight, and the user with it. */
  cut(): void {
    this.close();
    this.#life.finish(this.inFlight);
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
