// How a connection ended, as an error and as a close code.
import { RealtimeError } from '../errors/realtime-error.ts';
import type { End } from '../sockets/socket.ts';
import type { Closed } from './events.ts';

const NO_CLOSE_FRAME = 1006;

export function toClosed(end: End): Closed {
  if (end.kind === 'closed') return { code: end.code, reason: end.reason };
  return { code: NO_CLOSE_FRAME, reason: end.kind === 'refused' ? end.message : end.error.message };
}

export function toFailure(end: End, wasOpen: boolean): RealtimeError {
  if (end.kind === 'closed') {
    const { code, reason } = end;
    const said = reason === '' ? '' : `: ${reason}`;
    return wasOpen
      ? new RealtimeError('CONNECTION_CLOSED', `The connection was closed (${code})${said}`, {
          closeCode: code,
        })
      : new RealtimeError('CONNECTION_FAILED', `The hub could not be reached (${code})${said}`, {
          closeCode: code,
        });
  }
  if (end.kind === 'refused') {
    const { status, message, retryAfterMs } = end;
    return new RealtimeError('HANDSHAKE_REFUSED', `The hub refused the connection: ${message}`, {
      status,
      retryAfterMs,
    });
  }
  const { error } = end;
  if (error instanceof RealtimeError) return error;
  return new RealtimeError('CONNECTION_FAILED', `The connection failed: ${error.message}`, { cause: error });
}
