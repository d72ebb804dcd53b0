// Pings, and whether they are answered: a connection that is dead on its way says nothing by itself.
import type { Clock } from '../clock/clock.ts';

export interface HeartbeatOptions {
  /** 0 for none. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly ping: () => void;
  /** A ping was not answered until the next was due. */
  readonly onSilence: () => void;
}

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #isWaiting = false;
  #cancel: (() => void) | null = null;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, intervalMs } = this.#options;
    if (intervalMs > 0) this.#cancel = clock.after(intervalMs, () => this.#beat());
  }

  /** Whatever comes is a sign of life: a busy hub's answer to the ping may stand behind it. */
  hear(): void {
    this.#isWaiting = false;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #beat(): void {
    if (this.#isWaiting) {
      this.#options.onSilence();
      return;
    }
    this.#isWaiting = true;
    this.start();
    this.#options.ping();
  }
}
