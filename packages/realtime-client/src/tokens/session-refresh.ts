// POST /sessions/refresh: a new access token for the refresh token of a login session.

import { readRetryAfter } from '../clock/retry-after.ts';
import { RealtimeError } from '../errors/realtime-error.ts';
import { toFields } from '../messages/server-message.ts';

/** These say that the session is over, not that something is out of order. */
const FINAL_STATUSES = new Set([400, 401, 403]);

/** @throws {RealtimeError} TOKEN_ENDED when the session is over, TOKEN_UNAVAILABLE when it may work later */
export async function refreshSession(url: string, refreshToken: string, timeoutMs: number): Promise<string> {
  const response = await post(url, refreshToken, timeoutMs);
  const { status } = response;
  if (FINAL_STATUSES.has(status))
    throw new RealtimeError('TOKEN_ENDED', `The hub gives no new token for this session (${status}).`, {
      status,
    });
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'));
  const body: unknown = await response.json().catch(() => null);
  const token = toFields(body).access_token;
  if (response.ok && typeof token === 'string') return token;
  throw new RealtimeError('TOKEN_UNAVAILABLE', `The hub gave no new token (${status}).`, {
    status,
    retryAfterMs,
  });
}

async function post(url: string, refreshToken: string, timeoutMs: number): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refresh_token: refreshToken }),
      // The token is for this address and no other.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    throw new RealtimeError('TOKEN_UNAVAILABLE', 'The hub could not be asked for a new token.', { cause });
  }
}
