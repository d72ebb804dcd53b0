/** The origins that the scenario users of a thread talk to, each opened once and shared. */
import { type HttpTarget, openTarget, type Reach } from '../http/index.ts';

export interface Place {
  readonly target: HttpTarget;
  /** Path and query on that target. */
  readonly path: string;
}

export class Targets {
  readonly baseUrl: string;
  readonly #prefix: string;
  readonly #reach: Reach;
  readonly #byOrigin = new Map<string, HttpTarget>();

  /** Throws a TypeError unless `baseUrl` is an http or https URL, or empty: then paths must be absolute URLs. */
  constructor(baseUrl: string, reach: Reach) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.#reach = reach;
    this.#prefix = this.baseUrl === '' ? '' : new URL(this.baseUrl).pathname.replace(/\/$/, '');
    if (this.baseUrl !== '') this.#at(this.baseUrl);
  }

  /** Where a path or an absolute URL leads. */
  find(path: string): Place {
    if (/^https?:\/\//i.test(path)) {
      const url = new URL(path);
      // Not its origin, which would drop a name and password.
      return { target: this.#at(new URL('/', url).href), path: url.pathname + url.search };
    }
    if (this.baseUrl === '') {
      throw new TypeError(
        `expected an absolute URL, got "${path}": the run has no base URL (--host, or host in the options)`,
      );
    }
    if (!path.startsWith('/'))
      throw new TypeError(`expected a path that begins with "/", or a URL, got "${path}"`);
    return { target: this.#at(this.baseUrl), path: this.#prefix + path };
  }

  #at(url: string): HttpTarget {
    const existing = this.#byOrigin.get(url);
    if (existing) return existing;
    const target = openTarget(url, this.#reach);
    this.#byOrigin.set(url, target);
    return target;
  }
}
