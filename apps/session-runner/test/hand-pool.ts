// A pool whose journeys go on when the test says so: the moments between two steps can be looked at.
import type {
  JourneyEnd,
  JourneyListener,
  JourneyOrder,
  JourneyPool,
  JourneyStep,
  RunningJourney,
} from '../src/journeys/journey.ts';

interface Played {
  readonly order: JourneyOrder;
  readonly listener: JourneyListener;
  readonly resolve: (end: JourneyEnd) => void;
}

export class HandPool implements JourneyPool {
  readonly #threads: number;
  readonly #waiting: Played[] = [];
  readonly #running: Played[] = [];
  /** Set, a journey that is told to stop goes on until `end` is called. */
  hangs = false;
  /** Journeys are refused from this number on. */
  refusesAfter = Number.POSITIVE_INFINITY;
  #started = 0;

  constructor(threads = 10) {
    this.#threads = threads;
  }

  get counts() {
    return { threads: this.#threads, running: this.#running.length, waiting: this.#waiting.length };
  }

  /** What a thread plays now, in the order in which it began. */
  get running(): readonly JourneyOrder[] {
    return this.#running.map(({ order }) => order);
  }

  start(order: JourneyOrder, listener: JourneyListener): RunningJourney {
    if (this.#started++ >= this.refusesAfter) throw new Error('refused');
    const { promise, resolve } = Promise.withResolvers<JourneyEnd>();
    const played = { order, listener, resolve };
    this.#waiting.push(played);
    this.#fill();
    return { ended: promise, stop: () => this.#stop(played) };
  }

  /** Makes a step of the journey that has been running longest, or of the one that is named. */
  step(step: JourneyStep, which = 0): void {
    this.#running[which]?.listener.onStep(step);
  }

  /** Ends the journey that has been running longest, or the one that is named. */
  end(end: JourneyEnd = { status: 'completed' }, which = 0): void {
    const [played] = this.#running.splice(which, 1);
    this.#fill();
    played?.resolve(end);
  }

  endAll(end?: JourneyEnd): void {
    while (this.#running.length > 0) this.end(end);
  }

  async close(): Promise<void> {
    for (const played of this.#waiting.splice(0)) played.resolve({ status: 'stopped' });
    this.endAll({ status: 'stopped' });
  }

  #fill(): void {
    while (this.#running.length < this.#threads) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running.push(next);
      next.listener.onStart();
    }
  }

  #stop(played: Played): void {
    const place = this.#waiting.indexOf(played);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      played.resolve({ status: 'stopped' });
      return;
    }
    const which = this.#running.indexOf(played);
    if (which >= 0 && !this.hangs) this.end({ status: 'stopped' }, which);
  }
}
