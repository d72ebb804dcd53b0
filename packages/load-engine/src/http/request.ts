// Renders a request to the bytes that cross the wire, once, before the run, when nothing in it varies.

import { isFieldValue, isToken } from './syntax.ts';
import type { HttpTarget } from './target.ts';
import { toRequestTarget } from './url.ts';

export type HeaderList =
  | Readonly<Record<string, string | readonly string[]>>
  | readonly (readonly [name: string, value: string])[];

export interface RequestOptions {
  readonly method?: string;
  readonly target: HttpTarget;
  /** Path and query; the path of the target's own URL if absent. */
  readonly path?: string;
  readonly headers?: HeaderList;
  readonly body?: string | Uint8Array;
  /** Overrides the target's `requestTimeoutMs`. */
  readonly timeoutMs?: number;
}

export interface RenderedRequest {
  readonly bytes: Buffer;
  /** Where in `bytes` the body begins. */
  readonly bodyAt: number;
  readonly method: string;
  /** Whether it may be repeated when a stale connection broke (RFC 9110 §9.2.2). */
  readonly idempotent: boolean;
  /** 0 for the target's own limit. */
  readonly timeoutMs: number;
  /** Whether it says `Connection: close`. */
  readonly closes: boolean;
  /** The same request without `Expect: 100-continue`, where this one has it: the body waits for the server. */
  readonly withoutExpect: RenderedRequest | undefined;
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);
/** These announce an empty body with `Content-Length: 0` (RFC 9110 §8.6). */
const ANNOUNCE_EMPTY = new Set(['POST', 'PUT', 'PATCH']);
/** The length of a body is known, and counted by us in bytes. */
const OURS = new Set(['content-length', 'transfer-encoding']);

/**
 * Header texts are sent as UTF-8. `Content-Length` is always ours; a `Host` or `Authorization` header takes the
 * place of what the URL says. Throws a `TypeError` for what could break the framing: control characters in the
 * path or a value, a method or name that is no token.
 */
export function renderRequest(options: RequestOptions): RenderedRequest {
  const method = options.method ?? 'GET';
  if (!isToken(method))
    throw new TypeError(`Expected an HTTP method such as GET, got ${JSON.stringify(method)}.`);
  if (method === 'CONNECT')
    throw new TypeError('Expected a method other than CONNECT: tunnels are not loaded.');
  const { timeoutMs = 0 } = options;
  if (!(timeoutMs >= 0))
    throw new RangeError(`Expected timeoutMs to be a positive number, got ${timeoutMs}.`);
  const { body: content = '' } = options;
  const body = typeof content === 'string' ? Buffer.from(content, 'utf8') : Buffer.from(content);
  const headers = checkedHeaders(options.headers ?? []);
  const requestLine = `${method} ${requestTarget(options, method)} HTTP/1.1\r\n`;
  const render = (expect: boolean, withoutExpect?: RenderedRequest): RenderedRequest => {
    const head = Buffer.from(
      `${requestLine}${fieldLines(options.target, headers, method, body, expect)}\r\n`,
      'utf8',
    );
    return {
      bytes: body.length === 0 ? head : Buffer.concat([head, body]),
      bodyAt: head.length,
      method,
      idempotent: IDEMPOTENT.has(method),
      timeoutMs,
      closes: headers.some(
        ([name, value]) => name.toLowerCase() === 'connection' && hasToken(value, 'close'),
      ),
      withoutExpect,
    };
  };
  const plain = render(false);
  const expects = headers.some(([name, value]) => isExpect(name) && hasToken(value, '100-continue'));
  // RFC 9110 §10.1.1: a request without a body must not carry the expectation.
  return expects && body.length > 0 ? render(true, plain) : plain;
}

function requestTarget(options: RequestOptions, method: string): string {
  if (options.path === undefined) return options.target.path;
  return method === 'OPTIONS' && options.path === '*' ? '*' : toRequestTarget(options.path);
}

function checkedHeaders(headers: HeaderList): [name: string, value: string][] {
  const pairs = (Array.isArray(headers) ? headers : Object.entries(headers)) as [string, string | string[]][];
  const checked: [string, string][] = [];
  for (const [name, values] of pairs) {
    if (!isToken(name)) throw new TypeError(`Expected a header name, got ${JSON.stringify(name)}.`);
    for (const value of Array.isArray(values) ? values : [values]) {
      if (typeof value !== 'string' || !isFieldValue(value)) {
        throw new TypeError(
          `Expected the header ${name} to be a text without line breaks or control characters.`,
        );
      }
      checked.push([name, value]);
    }
  }
  return checked;
}

function fieldLines(
  target: HttpTarget,
  headers: readonly [string, string][],
  method: string,
  body: Buffer,
  expect: boolean,
): string {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  let lines = names.has('host') ? '' : `Host: ${target.hostHeader}\r\n`;
  if (target.authorization !== undefined && !names.has('authorization')) {
    lines += `Authorization: ${target.authorization}\r\n`;
  }
  for (const [name, value] of headers) {
    if (OURS.has(name.toLowerCase()) || (!expect && isExpect(name))) continue;
    lines += `${name}: ${value}\r\n`;
  }
  if (body.length > 0 || ANNOUNCE_EMPTY.has(method)) lines += `Content-Length: ${body.length}\r\n`;
  return lines;
}

function isExpect(name: string): boolean {
  return name.toLowerCase() === 'expect';
}

function hasToken(value: string, token: string): boolean {
  return value.split(',').some((part) => part.trim().toLowerCase() === token);
}
