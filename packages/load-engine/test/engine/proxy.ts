// A real forward proxy: CONNECT tunnels, and requests in absolute form; it notes what it was asked for.
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Certificate } from '../http/certificate.ts';

export interface Proxy {
  readonly url: string;
  /** `CONNECT host:port` and `GET http://…`, in their order. */
  readonly asked: string[];
  readonly headers: IncomingMessage['headers'][];
  open: number;
  most: number;
}

export interface ProxyOptions {
  /** `name:password` that it asks for. */
  readonly credentials?: string;
  /** Answers every CONNECT with this instead. */
  readonly refusal?: number;
  /** Speaks TLS itself. */
  readonly tls?: Certificate;
}

/** Closed when the test ends. */
export async function startProxy({ credentials, refusal, tls }: ProxyOptions = {}): Promise<Proxy> {
  const mayPass = (request: IncomingMessage): boolean =>
    credentials === undefined ||
    request.headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`;
  const note = (request: IncomingMessage): void => {
    proxy.asked.push(`${request.method} ${request.url}`);
    proxy.headers.push(request.headers);
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    note(request);
    if (!mayPass(request)) {
      response.writeHead(407).end();
      return;
    }
    const { 'proxy-authorization': _secret, 'proxy-connection': _hop, ...headers } = request.headers;
    const onward = forward(request.url ?? '', { method: request.method, headers }, (found) => {
      response.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  };
  const server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
  const sockets = new Set<Socket>();
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    note(request);
    client.on('error', () => {});
    const status = mayPass(request) ? refusal : 407;
    if (status !== undefined) {
      client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    sockets.add(onward);
    onward.on('error', () => client.destroy());
    client.on('close', () => onward.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    proxy.open += 1;
    proxy.most = Math.max(proxy.most, proxy.open);
    socket.on('close', () => {
      proxy.open -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: Proxy = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    headers: [],
    open: 0,
    most: 0,
  };
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return proxy;
}
