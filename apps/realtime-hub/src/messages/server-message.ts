// What the hub sends: `{type, data}` as JSON text (contracts 4.4). All its times are Unix milliseconds.
import type { MessageError } from './message-error.ts';

const PROTOCOL_VERSION = '1.0';

/** Who sent a message, and when. */
export interface Origin {
  readonly messageId: string;
  /** Null for services and for anonymous connections. */
  readonly fromUser: string | null;
  readonly sentAt: number;
}

export function toStatus(status: string, details: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ type: 'Status', data: { status, details } });
}

export function toWelcome(connectionId: string, now: number): string {
  return toStatus('connected', {
    connection_id: connectionId,
    server_time: now,
    protocol_version: PROTOCOL_VERSION,
  });
}

export function toPong(timestamp: number): string {
  return JSON.stringify({ type: 'Pong', data: { timestamp } });
}

export function toBroadcast(topic: string, payload: unknown, origin: Origin): string {
  const metadata = {
    sent_at: origin.sentAt,
    message_id: origin.messageId,
    from_user: origin.fromUser,
  };
  const data = { topic, payload, metadata };
  return JSON.stringify({ type: 'Broadcast', data });
}

export function toDirectMessage(payload: unknown, origin: Origin): string {
  const metadata = { sent_at: origin.sentAt, message_id: origin.messageId };
  const data = { from_user: origin.fromUser, payload, metadata };
  return JSON.stringify({ type: 'DirectMessage', data });
}

/** To whom a message went. */
export type Receipt = { readonly recipients: number } | { readonly delivered_to: readonly string[] };

export function toAck(messageId: string, receipt: Receipt): string {
  return JSON.stringify({ type: 'Ack', data: { message_id: messageId, status: 'delivered', ...receipt } });
}

export function toAuthStatus(status: 'token_expiring' | 'token_renewed', expiresAt: number): string {
  const data = { status, expires_at: expiresAt, refresh_required: status === 'token_expiring' };
  return JSON.stringify({ type: 'AuthStatus', data });
}

export function toErrorMessage({ code, message, details }: MessageError): string {
  return JSON.stringify({ type: 'Error', data: { code, message, details } });
}
