import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Page = string | ((request: IncomingMessage, answer: ServerResponse) => void);

export interface Site {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** The paths that were asked for, in order. */
  readonly asked: string[];
  readonly requests: IncomingMessage[];
  /** How many connections were made to it. */
  readonly connections: number;
  /** How many of them are open now. */
  countOpen(): Promise<number>;
  close(): Promise<void>;
}

/** A web server on loopback; what it does not have, robots.txt too, is 404. A text is a page of HTML. */
export async function startSite(pages: Record<string, Page>, host = '127.0.0.1'): Promise<Site> {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const server = createServer((request, answer) => {
    requests.push(request);
    const page = pages[request.url ?? ''];
    if (page === undefined) answer.writeHead(404).end('nothing here');
    else if (typeof page === 'function') page(request, answer);
    else answer.setHeader('content-type', 'text/html; charset=utf-8').end(page);
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    requests,
    get asked() {
      return requests.map(({ url }) => url ?? '');
    },
    get connections() {
      return connections;
    },
    countOpen: () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count))),
    close: () => closeServer(server),
  };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
