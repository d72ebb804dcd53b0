/** The line in front of the hash threads: so many at once, so many waiting, and nobody waits for ever. */
import { AppError } from '@trafficflux/service-kit';

export interface HashLineOptions {
  readonly concurrency: number;
  /** How many may wait. */
  readonly length: number;
  readonly waitMs: number;
}

interface Waiting {
  readonly start: () => void;
  readonly timer: NodeJS.Timeout;
}

const RETRY_AFTER_SECONDS = 5;

export class HashLine {
  readonly #options: HashLineOptions;
  /** A Set keeps the order of arrival and lets one who waited too long leave from the middle. */
  readonly #waiting = new Set<Waiting>();
  #running = 0;

  constructor(options: HashLineOptions) {
    this.#options = options;
  }

  /** @throws {AppError} `unavailable` when the line is full or the wait was too long */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#options.concurrency) await this.#wait();
    else this.#running++;
    try {
      return await work();
    } finally {
      this.#startNext();
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.size >= this.#options.length) return Promise.reject(createBusyError());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry: Waiting = {
      start: resolve,
      timer: setTimeout(() => {
        this.#waiting.delete(entry);
        reject(createBusyError());
      }, this.#options.waitMs),
    };
    this.#waiting.add(entry);
    return promise;
  }

  /** Hands the place over rather than freeing it: nobody who arrives now can overtake the line. */
  #startNext(): void {
    const next = this.#waiting.values().next().value;
    if (next === undefined) {
      this.#running--;
      return;
    }
    this.#waiting.delete(next);
    clearTimeout(next.timer);
    next.start();
  }
}

function createBusyError(): AppError {
  return new AppError('unavailable', 'Too many sign-ins at the moment. Please try again later.', {
    code: 'PASSWORD_LINE_FULL',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
