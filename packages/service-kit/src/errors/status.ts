/** Kinds of errors as HTTP statuses (RFC 9110, RFC 6585), and back. */
import type { AppError, ErrorKind } from './app-error.ts';

const STATUS_BY_KIND: Readonly<Record<ErrorKind, number>> = {
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  timeout: 408,
  conflict: 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  'expectation-failed': 417,
  misdirected: 421,
  unprocessable: 422,
  'upgrade-required': 426,
  'rate-limited': 429,
  'headers-too-large': 431,
  internal: 500,
  unavailable: 503,
};

const KIND_BY_STATUS = new Map(
  Object.entries(STATUS_BY_KIND).map(([kind, status]) => [status, kind as ErrorKind]),
);

export function toStatus(kind: ErrorKind): number {
  return STATUS_BY_KIND[kind];
}

/** The nearest kind for a status that a plugin chose: another 4xx is a bad request, another 5xx is internal. */
export function toKind(status: number): ErrorKind {
  return KIND_BY_STATUS.get(status) ?? (status >= 400 && status < 500 ? 'bad-request' : 'internal');
}

/** The headers that an error adds to its answer. */
export function toErrorHeaders(error: AppError): Record<string, string> {
  const headers: Record<string, string> = { ...error.headers };
  if (error.retryAfterSeconds !== undefined)
    headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterSeconds)));
  return headers;
}
