/** Plain GETs to listed targets: one connection, no cookies, no redirects of its own, bounded in time and size. */
import type { AllowList, Lookup } from '@trafficflux/targets';
import { createTargetDispatcher } from '@trafficflux/targets/dispatcher';
import { type Agent, request } from 'undici';
import { ACCEPTED_ENCODINGS, type Body, isReadable, readBody } from './read-body.ts';
import { USER_AGENT } from './user-agent.ts';

const HEADERS = {
  'user-agent': USER_AGENT,
  accept: 'text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.1',
  'accept-encoding': ACCEPTED_ENCODINGS,
};
/** Enough of a redirect or an error page to keep the connection. */
const REFUSED_BODY_LIMIT = 64 * 1_024;
const NOTHING: Body = { content: Buffer.alloc(0), bytes: 0, isCut: false };

export interface Answer extends Body {
  readonly status: number;
  /** Empty where the answer names none. */
  readonly contentType: string;
  readonly location: string | null;
  /** Whether the body was worth reading: text, in an encoding that we know. */
  readonly isText: boolean;
}

export interface WebClientOptions {
  readonly allowList: AllowList;
  readonly requestTimeoutMs: number;
  /** The system's resolver by default. */
  readonly lookup?: Lookup;
}

export class WebClient {
  readonly #options: WebClientOptions;
  readonly #agent: Agent;

  constructor(options: WebClientOptions) {
    const { allowList, requestTimeoutMs, lookup } = options;
    this.#options = options;
    this.#agent = createTargetDispatcher({
      allowList,
      connections: 1,
      connectTimeoutMs: requestTimeoutMs,
      ...(lookup === undefined ? {} : { lookup }),
    });
  }

  /** @throws the signal's reason, a `TimeoutError`, a `BlockedTargetError`, or what the connection failed with */
  async get(url: URL, bodyLimitBytes: number, signal: AbortSignal): Promise<Answer> {
    // A timer of its own that ends with the request: that of AbortSignal.timeout() would go on.
    const controller = new AbortController();
    const timeout = new DOMException('The request took too long.', 'TimeoutError');
    const timer = setTimeout(() => controller.abort(timeout), this.#options.requestTimeoutMs);
    const pass = () => controller.abort(signal.reason);
    signal.addEventListener('abort', pass, { once: true });
    try {
      signal.throwIfAborted();
      return await this.#get(url, bodyLimitBytes, controller.signal);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', pass);
    }
  }

  async #get(url: URL, bodyLimitBytes: number, signal: AbortSignal): Promise<Answer> {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: this.#agent,
      signal,
      headers: HEADERS,
    });
    const contentType = toText(headers['content-type']);
    const encoding = toText(headers['content-encoding']).trim().toLowerCase();
    const isText = isTextType(contentType) && isReadable(encoding);
    const common = { status: statusCode, contentType, isText, location: toText(headers.location) || null };
    const isPage = statusCode >= 200 && statusCode < 300;
    if (!isPage) return { ...common, ...(await readBody(body, '', REFUSED_BODY_LIMIT)) };
    if (isText) return { ...common, ...(await readBody(body, encoding, bodyLimitBytes)) };
    body.on('error', () => undefined).destroy();
    return { ...common, ...NOTHING };
  }

  /** Ends its connection at once. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** Pages, text and data; a page without a type is most likely one too. */
function isTextType(contentType: string): boolean {
  return contentType === '' || /^\s*(text\/|application\/([\w.-]+\+)?(xhtml|xml|json)\b)/i.test(contentType);
}

function toText(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header[0] : header) ?? '';
}
