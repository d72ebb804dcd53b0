/** One request on one line, and its answer; what fails is a `HopFailure` with a sentence for people. */
import type { Dispatcher } from 'undici';
import { toFailure } from '../http/failures.ts';
import type { Hop } from './follow-redirect.ts';
import type { Line } from './line.ts';

export interface HopAnswer {
  readonly status: number;
  /** Names as the server spelt them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** As much of the body as was to be kept. */
  readonly body: Buffer;
  /** Of the whole body. */
  readonly bodyBytes: number;
}

/** A hop that came to no whole answer. */
export class HopFailure extends Error {
  override readonly name = 'HopFailure';
  /** Whether the server may have closed the connection before it saw the request, which may then be repeated. */
  readonly isStale: boolean;

  constructor(message: string, isStale: boolean, cause: unknown) {
    super(message, { cause });
    this.isStale = isStale;
  }
}

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);
/** The connection is ours, and so is the framing; RFC 9113 §8.2.2 forbids the others in HTTP/2. */
const OURS = new Set(['content-length', 'transfer-encoding', 'expect', 'keep-alive', 'upgrade']);

/** Rejects with a HopFailure, or with the signal's reason. */
export async function sendHop(
  line: Line,
  hop: Hop,
  maxBodyBytes: number,
  signal: AbortSignal,
): Promise<HopAnswer> {
  let hasAnswer = false;
  try {
    const { statusCode, headers, body } = await line.dispatcher.request({
      origin: hop.url.origin,
      path: hop.url.pathname + hop.url.search,
      method: hop.method as Dispatcher.HttpMethod,
      headers: toRecord(hop.headers),
      body: hop.body.length === 0 ? null : hop.body,
      responseHeaders: 'raw',
      signal,
    });
    hasAnswer = true;
    // undici gives a flat list where it is asked for raw headers; its types do not know.
    const pairs = toPairs(headers as unknown as readonly string[]);
    return { status: statusCode, headers: pairs, ...(await readBody(body, maxBodyBytes)) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const isStale = !hasAnswer && line.isUsed && IDEMPOTENT.has(hop.method) && isLost(error);
    throw new HopFailure(explain(error as Error, hop.url), isStale, error);
  }
}

async function readBody(
  source: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<Pick<HopAnswer, 'body' | 'bodyBytes'>> {
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let bodyBytes = 0;
  for await (const chunk of source) {
    const part = chunk.subarray(0, Math.max(0, maxBytes - keptBytes));
    if (part.length > 0) kept.push(part);
    keptBytes += part.length;
    bodyBytes += chunk.length;
  }
  return { body: Buffer.concat(kept, keptBytes), bodyBytes };
}

/** A text where there is one value: undici takes Host as nothing else. */
function toRecord(headers: Hop['headers']): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    // undici writes latin1; this keeps what is not in it as UTF-8, like the engine's own client does.
    const bytes = Buffer.from(value, 'utf8').toString('latin1');
    if (OURS.has(name.toLowerCase())) continue;
    const earlier = record[name];
    record[name] = earlier === undefined ? bytes : [earlier, bytes].flat();
  }
  return record;
}

function toPairs(flat: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const [name = '', value = ''] = flat.slice(index, index + 2);
    if (!name.startsWith(':')) pairs.push([name, value]);
  }
  return pairs;
}

type SystemError = Error & { readonly code?: string; readonly syscall?: string };

function isLost(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes((error as SystemError).code ?? '');
}

/** Equal for equal failures, so that they can be counted together. */
function explain(error: SystemError, url: URL): string {
  const peer = url.host.includes(':') ? url.host : `${url.host}:${url.protocol === 'https:' ? 443 : 80}`;
  const code = error.code ?? '';
  const refusal = /^Proxy response \((\d+)\)/.exec(error.message)?.[1];
  if (refusal !== undefined) return `The proxy answered ${refusal} when it was asked for a way to ${peer}.`;
  if (error.message.startsWith('Proxy Authentication Required'))
    return `The proxy answered 407 when it was asked for a way to ${peer}.`;
  if (code.startsWith('UND_ERR_PRX')) return `The proxy did not open a way to ${peer} (${code}).`;
  if (code === 'UND_ERR_SOCKET') return `${peer} closed the connection before its answer was whole.`;
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return 'The response is unusable: its headers are larger than 16 KiB.';
  if (error.name === 'HTTPParserError' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return `The response is malformed: ${error.message}.`;
  if (code.startsWith('UND_ERR')) return `The request could not be sent: ${error.message}.`;
  return toFailure(error, stageOf(error), peer).message;
}

function stageOf({ syscall, code }: SystemError): 'lookup' | 'connect' | 'exchange' {
  if (syscall === 'getaddrinfo') return 'lookup';
  return syscall === 'connect' || code === 'ECONNREFUSED' ? 'connect' : 'exchange';
}
