// A client that sees the bytes: for readers who stop, servers that break off, and what is no HTTP.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** As much of a Fastify app as listening takes. */
interface Listener {
  listen(options: { port: number; host: string }): Promise<string>;
  readonly server: { address(): string | { port: number } | null };
}

/** Lets an app listen on a free port of 127.0.0.1 and returns it. */
export async function listen(app: Listener): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('The service listens on no port.');
  return address.port;
}

/** Opens a connection and sends text on it; nothing is read until somebody asks. */
export async function open(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.pause();
  socket.on('error', () => {});
  socket.write(text);
  return socket;
}

/** Reads until the other side ends. */
export async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

export const getText = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
