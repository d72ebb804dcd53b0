// Trouble that lasts is logged when it begins and when it is over, not each time that somebody runs into it.
import type { Logger } from '@trafficflux/service-kit';

export class Trouble {
  readonly #logger: Logger;
  readonly #sentence: string;
  #lasts = false;

  constructor(logger: Logger, sentence: string) {
    this.#logger = logger;
    this.#sentence = sentence;
  }

  happened(error: unknown): void {
    if (!this.#lasts) this.#logger.warn({ err: error }, this.#sentence);
    this.#lasts = true;
  }

  passed(): void {
    if (this.#lasts) this.#logger.info(`no longer: ${this.#sentence}`);
    this.#lasts = false;
  }
}
