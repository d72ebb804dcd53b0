/** The clock of a load: milliseconds since its start, on the monotonic clock, without the time for which it was paused. */
import { LONGEST_TIMER_MS } from '../durations.ts';

export interface RunClockOptions {
  /** Turns the event loop without a rest for the last moment before a timer is due: exact, for a whole core. */
  readonly precise?: boolean;
}

/** A timer of the system is late by up to so much. */
const SPIN_MS = 2;

export class RunClock {
  readonly #spinMs: number;
  /** A time of performance.now() that is the load's 0; it moves on with each pause. */
  #origin = 0;
  #isStarted = false;
  #pausedAt: number | null = null;
  readonly #timers = new Set<RunTimer>();

  constructor({ precise = false }: RunClockOptions = {}) {
    this.#spinMs = precise ? SPIN_MS : 0;
  }

  start(): void {
    this.#origin = performance.now();
    this.#isStarted = true;
    for (const timer of this.#timers) timer.arm();
  }

  /** 0 before the start. */
  get elapsedMs(): number {
    if (!this.#isStarted) return 0;
    return (this.#pausedAt ?? performance.now()) - this.#origin;
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  get isRunning(): boolean {
    return this.#isStarted && this.#pausedAt === null;
  }

  pause(): void {
    if (!this.isRunning) return;
    this.#pausedAt = performance.now();
    for (const timer of this.#timers) timer.disarm();
  }

  resume(): void {
    if (this.#pausedAt === null) return;
    this.#origin += performance.now() - this.#pausedAt;
    this.#pausedAt = null;
    for (const timer of this.#timers) timer.arm();
  }

  /** A timer that calls back at a moment of this clock, never early, and not while it is paused. */
  timer(onDue: () => void): RunTimer {
    const timer: RunTimer = new RunTimer(this, this.#spinMs, onDue, (isWaiting) => {
      if (isWaiting) this.#timers.add(timer);
      else this.#timers.delete(timer);
    });
    return timer;
  }
}

export class RunTimer {
  readonly #clock: RunClock;
  readonly #spinMs: number;
  readonly #onDue: () => void;
  readonly #onWaiting: (isWaiting: boolean) => void;
  #atMs: number | null = null;
  #handle: NodeJS.Timeout | undefined;
  #spin: NodeJS.Immediate | undefined;

  constructor(clock: RunClock, spinMs: number, onDue: () => void, onWaiting: (isWaiting: boolean) => void) {
    this.#clock = clock;
    this.#spinMs = spinMs;
    this.#onDue = onDue;
    this.#onWaiting = onWaiting;
  }

  /** Calls back once at this moment of the clock, instead of what was set before. */
  set(atMs: number): void {
    this.#atMs = atMs;
    this.#onWaiting(true);
    this.arm();
  }

  clear(): void {
    this.#atMs = null;
    this.#onWaiting(false);
    this.disarm();
  }

  /** For the clock: it runs. */
  arm(): void {
    this.disarm();
    if (this.#atMs === null || !this.#clock.isRunning) return;
    const waitMs = this.#atMs - this.#clock.elapsedMs - this.#spinMs;
    if (waitMs < 0 && this.#spinMs > 0) this.#spin = setImmediate(() => this.#look());
    else
      this.#handle = setTimeout(
        () => this.#look(),
        Math.min(Math.ceil(Math.max(0, waitMs)), LONGEST_TIMER_MS),
      );
  }

  /** For the clock: it stands. */
  disarm(): void {
    clearTimeout(this.#handle);
    clearImmediate(this.#spin);
  }

  /** Timers of the system fire early by a fraction, and cannot wait for longer than some weeks. */
  #look(): void {
    if (this.#atMs === null) return;
    if (this.#clock.elapsedMs < this.#atMs) {
      this.arm();
      return;
    }
    this.clear();
    this.#onDue();
  }
}
