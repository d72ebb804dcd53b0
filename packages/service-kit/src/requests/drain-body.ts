/**
 * What happens to a body that nobody will read, because the request was refused before.
 *
 * Closing at once would reset the connection while the client still sends, and the client would see the reset
 * instead of the answer. Reading on for ever would be a gift to an attacker. So a bounded rest is read and
 * thrown away, and a client that sends more is cut off.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyReply } from 'fastify';

const MAX_DISCARDED_BYTES = 8 * 1024 * 1024;

export function drainBody(message: IncomingMessage, reply: FastifyReply): void {
  if (message.complete || !hasBody(message)) return;
  // Fastify asks for an immediate close after an unread body; the budget below takes the place of that.
  reply.removeHeader('connection');
  let discarded = 0;
  message.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > MAX_DISCARDED_BYTES) message.socket.destroy();
  });
  message.on('error', () => {});
}

function hasBody(message: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = message.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}
