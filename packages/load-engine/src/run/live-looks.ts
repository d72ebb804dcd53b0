/** Looks at a run for whoever follows it live: each reader gets the latest one, however slow it is. */
import { createDeferred } from '../deferred.ts';
import type { LoadProgress } from './progress.ts';

export class LiveLooks {
  /** Null at the end. */
  #next = createDeferred<LoadProgress | null>();
  #isOver = false;

  tell(look: LoadProgress): void {
    this.#pass(look);
  }

  end(): void {
    this.#isOver = true;
    this.#pass(null);
  }

  async *read(): AsyncGenerator<LoadProgress, void, undefined> {
    while (!this.#isOver) {
      const look = await this.#next.promise;
      if (look !== null) yield look;
    }
  }

  #pass(look: LoadProgress | null): void {
    const { resolve } = this.#next;
    this.#next = createDeferred();
    resolve(look);
  }
}
