// What follows the end of a connection. docs/realtime-clients.md has this as a table.
import { RealtimeError } from '../errors/realtime-error.ts';
import type { End } from '../sockets/socket.ts';

export type Verdict =
  | 'retry'
  /** The hub had too much of this client. */
  | 'retry-later'
  /** With a new token only. */
  | 'renew'
  /** The same would happen again. */
  | 'stop';

/** The hub ended it on purpose, or what this client sends is wrong; everything else may be better next time. */
const FINAL_CODES = new Set([1000, 1002, 1003, 1007, 1008, 1009, 1010]);
const TOKEN_ENDED = 4401;
const TOO_MANY_MESSAGES = 4429;
/** Of the statuses below 500 these say nothing about the request itself. */
const PASSING_STATUSES = new Set([404, 408, 425, 429]);

export function judge(end: End): Verdict {
  switch (end.kind) {
    case 'closed':
      return judgeCode(end.code);
    case 'refused':
      return judgeStatus(end.status);
    case 'failed':
      return end.error instanceof RealtimeError && end.error.code === 'TOKEN_ENDED' ? 'stop' : 'retry';
  }
}

function judgeCode(code: number): Verdict {
  if (code === TOKEN_ENDED) return 'renew';
  if (code === TOO_MANY_MESSAGES) return 'retry-later';
  return FINAL_CODES.has(code) ? 'stop' : 'retry';
}

function judgeStatus(status: number): Verdict {
  if (status === 401) return 'renew';
  return status >= 500 || PASSING_STATUSES.has(status) ? 'retry' : 'stop';
}
