// A small server that speaks the documented protocol of the hub, as each test wants it.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Said {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly id?: string;
}

/** One connection, from the side of the hub. */
export class Guest {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  readonly said: Said[] = [];

  constructor(socket: WebSocket, request: IncomingMessage) {
    this.socket = socket;
    this.request = request;
    socket.on('message', (data) => this.said.push(JSON.parse(String(data))));
    socket.on('error', () => {});
  }

  get token(): string | null {
    return new URL(this.request.url ?? '', 'http://hub').searchParams.get('token');
  }

  say(type: string, data: unknown): void {
    this.socket.send(JSON.stringify({ type, data }));
  }

  topicsAsked(): unknown[] {
    return this.said.filter(({ type }) => type === 'Subscribe').map(({ data }) => data.topics);
  }
}

export interface HubServerOptions {
  /** An HTTP answer instead of the upgrade; null lets in. */
  readonly refuse?: (request: IncomingMessage, attempt: number) => string | null;
  /** What POST /sessions/refresh does. */
  readonly refresh?: (body: unknown) => { readonly status: number; readonly body: unknown };
  readonly autoPong?: boolean;
  readonly onGuest?: (guest: Guest, index: number) => void;
}

export class HubServer {
  readonly guests: Guest[] = [];
  attempts = 0;
  refreshes: unknown[] = [];
  readonly #options: HubServerOptions;
  readonly #server = createServer((request, response) => this.#answer(request, response));
  readonly #sockets: WebSocketServer;
  readonly #waiting: ((guest: Guest) => void)[] = [];

  constructor(options: HubServerOptions) {
    this.#options = options;
    this.#sockets = new WebSocketServer({ noServer: true, autoPong: options.autoPong ?? true });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  async listen(port = 0): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  /** The connection of that number, from 0, as soon as it is there. */
  async guest(index = 0): Promise<Guest> {
    while (this.guests.length <= index)
      await new Promise<Guest>((resolve) => {
        this.#waiting.push(resolve);
      });
    return this.guests[index] as Guest;
  }

  async close(): Promise<void> {
    for (const { socket } of this.guests) socket.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => {});
    const refusal = this.#options.refuse?.(request, this.attempts) ?? null;
    this.attempts++;
    if (refusal !== null) {
      socket.end(refusal);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const guest = new Guest(webSocket, request);
      this.guests.push(guest);
      this.#options.onGuest?.(guest, this.guests.length - 1);
      for (const resolve of this.#waiting.splice(0)) resolve(guest);
    });
  }

  async #answer(request: IncomingMessage, response: import('node:http').ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    const asked: unknown = JSON.parse(text);
    this.refreshes.push(asked);
    const { status, body } = this.#options.refresh?.(asked) ?? { status: 404, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}

/** Ends with the test. */
export async function startHubServer(options: HubServerOptions = {}): Promise<HubServer> {
  const server = new HubServer(options);
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}

/** An answer of the hub before the upgrade. */
export function toRefusal(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const body = JSON.stringify({ error: { code, message: `It is ${code}.`, details: {} } });
  const lines = [
    `HTTP/1.1 ${status} Refused`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
