/** Keeps requests apart, so that at no time more of them start in a second than allowed. */
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';

export class RequestGate {
  readonly #gapMs: number;
  #nextAtMs = 0;

  constructor(requestsPerSecond: number) {
    this.#gapMs = 1_000 / requestsPerSecond;
  }

  /** Resolves when the next request may start, never early. @throws the reason of the signal */
  async pass(signal: AbortSignal): Promise<void> {
    const atMs = Math.max(performance.now(), this.#nextAtMs);
    this.#nextAtMs = atMs + this.#gapMs;
    for (let leftMs = atMs - performance.now(); leftMs > 0; leftMs = atMs - performance.now()) {
      await wait(Math.ceil(leftMs), undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
    // Whoever was late starts now: the next one keeps the distance to that.
    this.#nextAtMs = Math.max(this.#nextAtMs, performance.now() + this.#gapMs);
  }
}
