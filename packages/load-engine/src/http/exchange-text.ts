// A request and its response as people read them, without secrets.
import { isUtf8 } from 'node:buffer';
import type { Exchange } from './exchange.ts';
import { readHeader, readHeaderLines } from './header-text.ts';
import { redactBody, redactHeader, redactQuery } from './redact.ts';
import type { RenderedRequest } from './request.ts';

/** More of a body than this is not shown. */
const MAX_SHOWN_BYTES = 16_384;

/** Needs an exchange whose headers were kept, and for `withBodies` its body. */
export function describeExchange(request: RenderedRequest, exchange: Exchange, withBodies: boolean): string {
  const { bytes, bodyAt } = request;
  const head = bytes.toString('utf8', 0, bodyAt);
  const sent = [describeHead(head, true)];
  if (withBodies && bytes.length > bodyAt)
    sent.push(describeBody(bytes.subarray(bodyAt), bytes.length - bodyAt, head));
  const durationMs = (exchange.endedAt - exchange.startedAt).toFixed(1);
  return [
    'Request:',
    ...sent,
    '',
    `Response after ${durationMs} ms:`,
    ...describeResponse(exchange, withBodies),
    '',
    '',
  ].join('\n');
}

function describeResponse(exchange: Exchange, withBodies: boolean): string[] {
  if (exchange.status === 0) return [exchange.errorMessage];
  const head = exchange.headText();
  const lines = [describeHead(head, false)];
  if (!withBodies || exchange.bodyBytes === 0) return lines;
  return [...lines, describeBody(exchange.bodyBuffer(), exchange.bodyBytes, head)];
}

function describeHead(head: string, isRequest: boolean): string {
  const [first = ''] = head.split('\r\n', 1);
  const start = isRequest ? first.split(' ').map(redactQuery).join(' ') : first;
  const lines = readHeaderLines(head).map(([name, value]) => `${name}: ${redactHeader(name, value)}`);
  return [start, ...lines].join('\n');
}

function describeBody(kept: Buffer, bodyBytes: number, head: string): string {
  if (kept.length === 0) return `\n(a body of ${bodyBytes} bytes, which was discarded)`;
  const contentType = readHeader(head, 'content-type') ?? '';
  const isWhole = kept.length === bodyBytes;
  // The end of a body that was cut off may be half a character.
  if (!isUtf8(isWhole ? kept : kept.subarray(0, -4)) || kept.includes(0))
    return `\n(${bodyBytes} bytes that are no text)`;
  // Redacted before it is cut: half a secret is one too.
  const text = redactBody(kept.toString('utf8'), contentType);
  const cut = text.length > MAX_SHOWN_BYTES || !isWhole ? `\n(of ${bodyBytes} bytes)` : '';
  return `\n${text.slice(0, MAX_SHOWN_BYTES)}${cut}`;
}
