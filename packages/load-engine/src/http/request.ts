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

/**
 * Header texts are sent as UTF-8. `Content-Length` is always ours, and so is the framing; a `Host` or
 * `Authorization` header takes the place of what the URL says. Throws a `TypeError` for what could break the
 * framing: control characters in the path or a value, a method or name that is no token.
 */
export function renderRequest(options: RequestOptions): RenderedRequest {
  const { method = 'GET', timeoutMs = 0, body = '' } = options;
  assertMethod(method);
  if (!(timeoutMs >= 0))
    throw new RangeError(`Expected timeoutMs to be a positive number, got ${timeoutMs}.`);
  const fields = readHeaders(options.headers ?? []);
  const bodyBytes = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  const head = renderHead(options, method, fields, bodyBytes);
  const render = (text: string, withoutExpect: RenderedRequest | undefined): RenderedRequest => {
    const bytes = toBytes(text, body);
    return {
      bytes,
      bodyAt: bytes.length - bodyBytes,
      method,
      idempotent: IDEMPOTENT.has(method),
      timeoutMs,
      closes: fields.closes,
      withoutExpect,
    };
  };
  const plain = render(`${head}\r\n`, undefined);
  // RFC 9110 §10.1.1: a request without a body must not carry the expectation.
  return fields.expects && bodyBytes > 0 ? render(`${head}Expect: 100-continue\r\n\r\n`, plain) : plain;
}

function assertMethod(method: string): void {
  if (!isToken(method))
    throw new TypeError(`Expected an HTTP method such as GET, got ${JSON.stringify(method)}.`);
  if (method === 'CONNECT')
    throw new TypeError('Expected a method other than CONNECT: tunnels are not loaded.');
}

/** What the caller's headers come to: the lines to send, and what they decide. */
interface Fields {
  lines: string;
  hasHost: boolean;
  hasAuthorization: boolean;
  closes: boolean;
  expects: boolean;
}

function readHeaders(headers: HeaderList): Fields {
  const fields: Fields = {
    lines: '',
    hasHost: false,
    hasAuthorization: false,
    closes: false,
    expects: false,
  };
  if (Array.isArray(headers)) {
    for (const [name, value] of headers as readonly (readonly [string, string])[])
      addField(fields, name, value);
    return fields;
  }
  for (const [name, values] of Object.entries(
    headers as Readonly<Record<string, string | readonly string[]>>,
  )) {
    if (Array.isArray(values)) for (const value of values) addField(fields, name, value);
    else addField(fields, name, values as string);
  }
  return fields;
}

function addField(fields: Fields, name: string, value: string): void {
  if (!isToken(name)) throw new TypeError(`Expected a header name, got ${JSON.stringify(name)}.`);
  if (typeof value !== 'string' || !isFieldValue(value)) {
    throw new TypeError(
      `Expected the header ${name} to be a text without line breaks or control characters.`,
    );
  }
  switch (name.toLowerCase()) {
    case 'content-length':
    case 'transfer-encoding':
      return;
    case 'expect':
      fields.expects ||= hasToken(value, '100-continue');
      return;
    case 'host':
      if (fields.hasHost) throw new TypeError('Expected one Host header, got several.');
      fields.hasHost = true;
      break;
    case 'authorization':
      fields.hasAuthorization = true;
      break;
    case 'connection':
      fields.closes ||= hasToken(value, 'close');
      break;
  }
  fields.lines += `${name}: ${value}\r\n`;
}

/** Request line and headers, without `Expect` and without the empty line. */
function renderHead(options: RequestOptions, method: string, fields: Fields, bodyBytes: number): string {
  const { target } = options;
  let head = `${method} ${requestTarget(options, method)} HTTP/1.1\r\n`;
  if (!fields.hasHost) head += `Host: ${target.hostHeader}\r\n`;
  if (target.authorization !== undefined && !fields.hasAuthorization) {
    head += `Authorization: ${target.authorization}\r\n`;
  }
  head += fields.lines;
  if (bodyBytes > 0 || ANNOUNCE_EMPTY.has(method)) head += `Content-Length: ${bodyBytes}\r\n`;
  return head;
}

function requestTarget(options: RequestOptions, method: string): string {
  if (options.path === undefined) return options.target.path;
  return method === 'OPTIONS' && options.path === '*' ? '*' : toRequestTarget(options.path);
}

function toBytes(head: string, body: string | Uint8Array): Buffer {
  return typeof body === 'string'
    ? Buffer.from(head + body, 'utf8')
    : Buffer.concat([Buffer.from(head, 'utf8'), body]);
}

function hasToken(value: string, token: string): boolean {
  return value.split(',').some((part) => part.trim().toLowerCase() === token);
}
