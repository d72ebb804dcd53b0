/** Shows what is sent and received, for a look at single requests: at a high load it shows some, and counts the others. */

import { describeExchange } from '../http/exchange-text.ts';
import { type Exchange, KEEP_BODY, KEEP_HEADERS, type RenderedRequest } from '../http/index.ts';

/** `heads`: without bodies. */
export type HttpDebugMode = 'heads' | 'full';

/** In one second of one thread; whoever reads along cannot follow more. */
const MAX_PER_SECOND = 10;
const WINDOW_MS = 1000;

export class HttpDebug {
  /** What of a response has to be kept for it. */
  readonly keep: number;
  readonly #mode: HttpDebugMode;
  readonly #write: (text: string) => void;
  #windowEndsAt = 0;
  #shown = 0;
  #left = 0;

  constructor(mode: HttpDebugMode, write: (text: string) => void) {
    this.#mode = mode;
    this.#write = write;
    this.keep = mode === 'full' ? KEEP_HEADERS | KEEP_BODY : KEEP_HEADERS;
  }

  show(request: RenderedRequest, exchange: Exchange): void {
    if (exchange.endedAt >= this.#windowEndsAt) {
      this.end();
      this.#windowEndsAt = exchange.endedAt + WINDOW_MS;
      this.#shown = 0;
    }
    if (this.#shown >= MAX_PER_SECOND) {
      this.#left += 1;
      return;
    }
    this.#shown += 1;
    this.#write(describeExchange(request, exchange, this.#mode === 'full'));
  }

  /** Tells of those that were not shown. */
  end(): void {
    if (this.#left > 0) {
      this.#write(
        `(${this.#left} more within a second are not shown: --http-debug is for a look at few requests.)\n\n`,
      );
    }
    this.#left = 0;
  }
}

/** Where a library may print: stdout belongs to the summary. */
export function showText(text: string): void {
  process.stderr.write(text);
}
