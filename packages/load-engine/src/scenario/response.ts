/** The answer that scenario code gets: a result for every outcome, also where no server answered. */
import { type Exchange, readHeader } from '../http/index.ts';

/** What a request came to. Network failures are results too: `status` 0 and the reason in `error`. */
export interface Response {
  /** The HTTP status; 0 when no whole response came. */
  readonly status: number;
  /** Whether the request counted as a success. */
  readonly ok: boolean;
  /** Why it counted as a failure; the empty text for a success. */
  readonly error: string;
  /** From the start of the request to its last byte, in milliseconds. */
  readonly durationMs: number;
  /** The value of a header, several of one name joined by ", "; of Set-Cookie the first. */
  header(name: string): string | undefined;
  /** The body as UTF-8 text; the empty text if it was discarded. */
  text(): string;
  /** The parsed body. Throws a SyntaxError that names the request when it is no JSON. */
  json<T = unknown>(): T;
}

/** What must outlast the exchange, copied out of it. */
export class KeptResponse implements Response {
  readonly status: number;
  readonly error: string;
  readonly durationMs: number;
  readonly #step: string;
  readonly #head: string;
  readonly #body: Buffer | null;
  readonly #isCut: boolean;

  constructor(exchange: Exchange, step: string, error: string, keepsBody: boolean) {
    const hasResponse = exchange.status !== 0;
    this.status = exchange.status;
    this.error = error;
    this.durationMs = exchange.endedAt - exchange.startedAt;
    this.#step = step;
    this.#head = hasResponse ? exchange.headText() : '';
    this.#body = hasResponse && keepsBody ? exchange.bodyBuffer() : null;
    this.#isCut = this.#body !== null && this.#body.length < exchange.bodyBytes;
  }

  get ok(): boolean {
    return this.error === '';
  }

  header(name: string): string | undefined {
    return readHeader(this.#head, name);
  }

  text(): string {
    return this.#body?.toString('utf8') ?? '';
  }

  json<T = unknown>(): T {
    try {
      return JSON.parse(this.text()) as T;
    } catch (cause) {
      const reason = this.#isCut ? 'a body longer than what is kept of it' : 'no JSON';
      throw new SyntaxError(`The answer to ${this.#step} (status ${this.status}) is ${reason}.`, { cause });
    }
  }
}
