// A real server that counts what reaches it, and answers as the test says.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface CountingServer {
  readonly url: string;
  /** Requests that arrived, by method and path. */
  readonly counts: Map<string, number>;
  readonly bodies: string[];
  /** Header values of the requests, in their order. */
  readonly headers: IncomingMessage['headers'][];
  total(): number;
  /** Settles when that many requests have arrived and were given to `answer`. */
  arrived(count: number): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, number: number) => void;

/** Closed when the test ends, with all its connections. */
export async function startCountingServer(
  answer: Answer = (_, response) => response.end('ok'),
): Promise<CountingServer> {
  const waiting: { count: number; resolve: () => void }[] = [];
  const counts = new Map<string, number>();
  const bodies: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  let total = 0;
  const server = createServer((request, response) => {
    const key = `${request.method} ${request.url}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    total += 1;
    const number = total;
    if (headers.length < 1000) headers.push(request.headers);
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      if (body !== '') bodies.push(body);
      answer(request, response, number);
      for (const { resolve } of waiting.filter(({ count }) => count <= number)) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    bodies,
    headers,
    total: () => total,
    arrived: (count) =>
      new Promise((resolve) => {
        if (total >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
}
