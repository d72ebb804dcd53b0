// A real HTTP/2 server that also speaks HTTP/1.1, and says which one a request came by.
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Certificate } from '../http/certificate.ts';

export interface Http2Server {
  readonly url: string;
  readonly requests: Http2ServerRequest[];
  /** Connections ever opened. */
  connections: number;
  /** Streams at once, at the most. */
  most: number;
}

type Answer = (request: Http2ServerRequest, response: Http2ServerResponse, body: string) => void;

/** Closed when the test ends. */
export async function startHttp2Server(
  certificate: Certificate,
  answer: Answer = (request, response) =>
    void response.end(`${request.method} ${request.url} over ${request.httpVersion}`),
): Promise<Http2Server> {
  let open = 0;
  const sockets = new Set<Socket>();
  const server = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    found.requests.push(request);
    open += 1;
    found.most = Math.max(found.most, open);
    response.on('close', () => {
      open -= 1;
    });
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => answer(request, response, body));
  });
  server.on('secureConnection', (socket: Socket) => {
    sockets.add(socket);
    found.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const found: Http2Server = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    connections: 0,
    most: 0,
  };
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return found;
}
