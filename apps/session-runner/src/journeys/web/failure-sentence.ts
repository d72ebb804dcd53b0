/** Why a request failed, in a sentence for people: no stack, no address, no path of ours. */
import { BlockedTargetError } from '@trafficflux/targets';

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection was reset.',
  EPIPE: 'The connection was reset.',
  EHOSTUNREACH: 'The target is out of reach.',
  ENETUNREACH: 'The target is out of reach.',
  ENOTFOUND: 'The name of the target could not be resolved.',
  EAI_AGAIN: 'The name of the target could not be resolved.',
  ETIMEDOUT: 'The connection was not made in time.',
  UND_ERR_CONNECT_TIMEOUT: 'The connection was not made in time.',
  UND_ERR_SOCKET: 'The target closed the connection before its answer was whole.',
  UND_ERR_HEADERS_OVERFLOW: 'The headers of the answer were too large.',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'The answer was shorter or longer than it said.',
};

export function toFailureSentence(error: unknown, timeoutMs: number): string {
  if (error instanceof BlockedTargetError) return error.message;
  const { name, code = '' } = findCause(error);
  if (name === 'TimeoutError') return `There was no whole answer within ${timeoutMs} ms.`;
  const known = SENTENCES[code];
  if (known !== undefined) return known;
  if (name === 'HTTPParserError') return 'The answer was not HTTP.';
  if (/CERT|^ERR_TLS|^ERR_SSL|^EPROTO$|^UNABLE_TO_VERIFY/.test(code))
    return 'No secure connection could be made.';
  if (/^(Z_|ZSTD_|ERR_BROTLI|ERR__ERROR_)/.test(code)) return 'The body could not be unpacked.';
  return 'The request failed.';
}

/** Several addresses that all failed are one AggregateError. */
function findCause(error: unknown): { readonly name: string; readonly code?: string } {
  const [first] = error instanceof AggregateError ? error.errors : [];
  return (first ?? error) as Error & { code?: string };
}
