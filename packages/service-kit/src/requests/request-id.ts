/** The id of a request: the client's own when it is sane, else a new UUID v4. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Nothing that could break a header or a log line: no spaces, no CR or LF, no commas of repeated headers. */
const SANE_ID = /^[A-Za-z0-9._-]{1,128}$/;

export function createRequestId(message: IncomingMessage): string {
  const offered = message.headers['x-request-id'];
  return typeof offered === 'string' && SANE_ID.test(offered) ? offered : randomUUID();
}
