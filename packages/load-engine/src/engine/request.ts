/** One request of `engine.executeRequest`: what is asked for, and what comes of it. */
import type { HeaderList } from '../http/request.ts';
import { isFieldValue, isToken } from '../http/syntax.ts';
import { followRedirect, type Hop, MAX_REDIRECTS, toHop } from './follow-redirect.ts';
import type { Route } from './line.ts';
import type { LinePool } from './line-pool.ts';
import { type HopAnswer, HopFailure, sendHop } from './send-hop.ts';

export interface ExecuteOptions {
  /** GET if absent. */
  readonly method?: string | undefined;
  readonly headers?: HeaderList | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** For the whole request in milliseconds, waiting for a connection and redirects included (default 30,000). */
  readonly timeoutMs?: number | undefined;
  /** Offers HTTP/2 to https servers (RFC 9113, by ALPN), and takes it where they choose it. */
  readonly http2?: boolean | undefined;
  /** The URL of an HTTP proxy, or `environment` for what HTTP_PROXY, HTTPS_PROXY and NO_PROXY say; none if absent. */
  readonly proxy?: string | undefined;
  /** The step under which the request is counted (default: method and path). */
  readonly name?: string | undefined;
}

/** What came of a request; a network failure is one too. */
export interface ExecuteResult {
  /** 0 when no whole answer came. */
  readonly statusCode: number;
  /** A line `Name: value` for each header, one for each Set-Cookie, without the status line. */
  readonly headers: string;
  /** As UTF-8, up to the engine's limit. */
  readonly body: string;
  /** From the call to the last byte in whole microseconds, waiting for a connection and redirects included. */
  readonly responseTimeUs: number;
  readonly responseTimeMs: number;
  /** Whether a whole answer came, with a status from 200 to 399. */
  readonly success: boolean;
  /** Why not; the empty text for a success. */
  readonly errorMessage: string;
}

/** A checked request. */
export interface PreparedRequest {
  readonly method: string;
  readonly headers: Hop['headers'];
  readonly body: string | Uint8Array;
  readonly timeoutMs: number;
  readonly route: Omit<Route, 'origin'>;
  readonly name: string | undefined;
}

/** What became of a request, with what only the engine's figures tell. */
export interface Outcome {
  readonly answer: HopAnswer | null;
  /** The empty text for a success. */
  readonly failure: string;
  /** How long it waited for a connection of the engine. */
  readonly waitedMs: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** @throws {TypeError} @throws {RangeError} for a parameter that no request can have; it says what was expected. */
export function prepareRequest(options: ExecuteOptions, defaults: ExecuteOptions): PreparedRequest {
  const { method = 'GET', headers = {}, body = '', timeoutMs = 30_000, name } = options;
  if (typeof method !== 'string' || !isToken(method))
    throw new TypeError(`Expected method to be an HTTP method such as GET, got ${JSON.stringify(method)}.`);
  if (method.toUpperCase() === 'CONNECT')
    throw new TypeError('Expected a method other than CONNECT: tunnels are the work of the proxy option.');
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0))
    throw new RangeError(`Expected timeoutMs to be above 0 milliseconds, got ${String(timeoutMs)}.`);
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new TypeError(`Expected body to be a text or bytes, got ${typeof body}.`);
  const { http2 = defaults.http2 ?? false, proxy = defaults.proxy } = options;
  return {
    method: method.toUpperCase(),
    headers: listHeaders(headers),
    body,
    timeoutMs,
    route: { http2, proxy: proxy === undefined ? null : assertProxy(proxy) },
    name,
  };
}

/** Sends it, and what it is redirected to. Never rejects. */
export async function carryOut(
  url: string,
  request: PreparedRequest,
  lines: LinePool,
  maxBodyBytes: number,
): Promise<Outcome> {
  const outcome = { answer: null, failure: '', waitedMs: 0, bytesSent: 0, bytesReceived: 0 };
  const way = new Way(request, lines, maxBodyBytes);
  try {
    const answer = await way.follow(toFirstHop(url, request));
    const failure = answer.status < 400 ? '' : `HTTP ${answer.status}`;
    return { ...outcome, ...way.counts, answer, failure };
  } catch (error) {
    return { ...outcome, ...way.counts, failure: (error as Error).message };
  } finally {
    way.end();
  }
}

/** The hops of one request under its one time limit. */
class Way {
  readonly counts = { waitedMs: 0, bytesSent: 0, bytesReceived: 0 };
  readonly #request: PreparedRequest;
  readonly #lines: LinePool;
  readonly #maxBodyBytes: number;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #place = '';
  #isWaiting = true;

  constructor(request: PreparedRequest, lines: LinePool, maxBodyBytes: number) {
    this.#request = request;
    this.#lines = lines;
    this.#maxBodyBytes = maxBodyBytes;
    this.#timer = setTimeout(() => this.#expire(), Math.min(request.timeoutMs, 2 ** 31 - 1));
  }

  async follow(first: Hop): Promise<HopAnswer> {
    let hop = first;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const answer = await this.#send(hop);
      const next = followRedirect(hop, answer.status, findHeader(answer, 'location'));
      if (next === null) return answer;
      hop = next;
    }
    throw new Error(`The request was redirected more than ${MAX_REDIRECTS} times.`);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  async #send(hop: Hop, isRepeat = false): Promise<HopAnswer> {
    const { signal } = this.#controller;
    this.#place = hop.url.host;
    const askedAt = performance.now();
    this.#isWaiting = true;
    const line = await this.#lines.take({ ...this.#request.route, origin: hop.url.origin }, signal);
    this.#isWaiting = false;
    this.counts.waitedMs += performance.now() - askedAt;
    try {
      const answer = await sendHop(line, hop, this.#maxBodyBytes, signal);
      this.counts.bytesSent += hop.body.length;
      this.counts.bytesReceived += answer.bodyBytes;
      this.#lines.release(line, true);
      return answer;
    } catch (error) {
      // A stream that is given up leaves the others of its connection alone.
      this.#lines.release(line, signal.aborted && line.isHttp2);
      if (isRepeat || !(error instanceof HopFailure) || !error.isStale) throw error;
      return this.#send(hop, true);
    }
  }

  #expire(): void {
    const { timeoutMs } = this.#request;
    this.#controller.abort(
      new Error(
        this.#isWaiting
          ? `No connection of the engine was free within ${timeoutMs} ms: all ${this.#lines.limit} of maxConnections were busy.`
          : `${this.#place} did not answer in full within ${timeoutMs} ms.`,
      ),
    );
  }
}

/** The values of a header, the first of several. */
function findHeader({ headers }: HopAnswer, name: string): string | undefined {
  return headers.find(([given]) => given.toLowerCase() === name)?.[1];
}

function toFirstHop(url: string, { method, headers, body }: PreparedRequest): Hop {
  if (!URL.canParse(url))
    throw new TypeError('The URL is not valid: expected one such as http://localhost:5000/.');
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    throw new TypeError(`The URL begins with ${parsed.protocol}: expected http:// or https://.`);
  return toHop({ url: parsed, method, headers, body });
}

function listHeaders(headers: HeaderList): [name: string, value: string][] {
  const entries: readonly (readonly [string, string | readonly string[]])[] = Array.isArray(headers)
    ? headers
    : Object.entries(headers as Readonly<Record<string, string | readonly string[]>>);
  return entries.flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => {
      if (!isToken(name)) throw new TypeError(`Expected a header name, got ${JSON.stringify(name)}.`);
      if (typeof value !== 'string' || !isFieldValue(value))
        throw new TypeError(
          `Expected the header ${name} to be a text without line breaks or control characters.`,
        );
      return [name, value];
    }),
  );
}

const PROXY_SCHEMES = new Set(['http:', 'https:']);

function assertProxy(proxy: string): string {
  if (proxy === 'environment') return proxy;
  if (typeof proxy === 'string' && URL.canParse(proxy) && PROXY_SCHEMES.has(new URL(proxy).protocol))
    return proxy;
  // Not the text itself: it may hold a password.
  throw new TypeError('Expected proxy to be a URL such as http://proxy.test:3128, or "environment".');
}
