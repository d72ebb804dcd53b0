// A raw TCP server that does exactly what a test says, byte by byte, and shows what it was sent.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** Plays one connection; `index` counts them from 0. */
export type Script = (peer: Peer, index: number) => void | Promise<void>;

/** The server's end of one connection. */
export class Peer {
  readonly socket: Socket;
  /** Everything received so far. */
  received = Buffer.alloc(0);
  private taken = 0;
  private wake: () => void = () => {};
  private hasEnded = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.wake();
    });
    for (const event of ['end', 'close'] as const) {
      socket.on(event, () => {
        this.hasEnded = true;
        this.wake();
      });
    }
    socket.on('error', () => {});
  }

  /** The next whole request: its head, and as much body as its Content-Length says. Empty at the end. */
  async request(): Promise<string> {
    const head = await this.until(() => this.received.indexOf('\r\n\r\n', this.taken) + 4, 4);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    return head + (await this.bytes(length));
  }

  /** The next head alone, for a body that comes later or not at all. */
  head(): Promise<string> {
    return this.until(() => this.received.indexOf('\r\n\r\n', this.taken) + 4, 4);
  }

  bytes(count: number): Promise<string> {
    const end = this.taken + count;
    return this.until(() => (this.received.length >= end ? end : 0), 0);
  }

  write(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Sends the text and then the end of the stream. */
  end(text = ''): void {
    this.socket.end(Buffer.from(text, 'latin1'));
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Until the client has closed its side. */
  async closed(): Promise<void> {
    while (!this.hasEnded) await this.change();
  }

  private async until(find: () => number, least: number): Promise<string> {
    for (;;) {
      const end = find();
      if (end >= least && end >= this.taken && (end > this.taken || least === 0)) {
        const text = this.received.toString('latin1', this.taken, end);
        this.taken = end;
        return text;
      }
      if (this.hasEnded) return '';
      await this.change();
    }
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:<port>/` */
  readonly url: string;
  readonly peers: readonly Peer[];
}

export async function startServer(script: Script, options: { host?: string; tls?: TlsOptions } = {}) {
  const peers: Peer[] = [];
  const onSocket = (socket: Socket) => {
    const peer = new Peer(socket);
    peers.push(peer);
    void script(peer, peers.length - 1);
  };
  const server: Server =
    options.tls === undefined
      ? createServer({ noDelay: true }, onSocket)
      : createTlsServer(options.tls, onSocket);
  server.on('tlsClientError', () => {});
  const host = options.host ?? '127.0.0.1';
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls === undefined ? 'http' : 'https';
  const scripted: ScriptedServer = {
    port,
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    peers,
    async [Symbol.asyncDispose]() {
      for (const peer of peers) peer.socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return scripted;
}

/** Answers each request of every connection with the next text, and with the last one from then on. */
export function replies(...texts: readonly string[]): Script {
  let next = 0;
  return async (peer) => {
    while ((await peer.request()) !== '') {
      peer.write(texts[Math.min(next, texts.length - 1)] ?? '');
      next++;
    }
  };
}
