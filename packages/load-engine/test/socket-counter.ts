// A real server that knows how many sockets it has open, and how many it ever had at once.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface SocketCounter {
  readonly url: string;
  open: number;
  most: number;
  /** Sockets ever opened. */
  opened: number;
  requests: number;
}

/** Closed when the test ends. */
export async function startSocketCounter(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('ok'),
): Promise<SocketCounter> {
  const server = createServer((request, response) => {
    counter.requests += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const counter = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: 0,
    most: 0,
    opened: 0,
    requests: 0,
  };
  server.on('connection', (socket: Socket) => {
    counter.open += 1;
    counter.opened += 1;
    counter.most = Math.max(counter.most, counter.open);
    socket.on('close', () => {
      counter.open -= 1;
    });
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return counter;
}
