// Opens a socket to a target: its addresses one after the other, then TLS where the URL says so.
import { connect as connectTcp, type OnReadOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { deadlines, type Expiring } from './deadlines.ts';
import { type Failure, toFailure } from './failures.ts';
import type { HttpTarget } from './target.ts';

export interface Dialer {
  /** Called with the connected socket, unless the dial was cancelled. */
  onSocket(socket: Socket): void;
  onDialFailure(failure: Failure): void;
  /** The socket's reads from its first byte on. */
  readonly onread: OnReadOpts;
}

/** One attempt to connect. It calls its dialer once, or never after `cancel`. */
export class Dial implements Expiring {
  deadline = 0;
  sweepIndex = -1;

  private readonly target: HttpTarget;
  private readonly dialer: Dialer;
  private readonly giveUpAt: number;
  private addresses: readonly string[] = [];
  private next = 0;
  private socket: Socket | undefined;
  private isOver = false;

  constructor(target: HttpTarget, dialer: Dialer) {
    this.target = target;
    this.dialer = dialer;
    this.giveUpAt = performance.now() + target.connectTimeoutMs;
  }

  start(): void {
    deadlines.watch(this);
    this.awaitUntil(this.giveUpAt);
    this.target.addresses.resolve((error, addresses) => {
      if (this.isOver) return;
      this.addresses = addresses;
      if (error === null) this.tryNext();
      else this.fail(toFailure(error, 'lookup', this.target.peer));
    });
  }

  cancel(): void {
    this.end();
    this.dropSocket();
  }

  /** From the sweep: one address has used up its share of the time. */
  expire(): void {
    if (this.next < this.addresses.length) {
      this.tryNext();
      return;
    }
    const { peer, connectTimeoutMs } = this.target;
    this.fail({
      code: 'connect-timeout',
      message: `${peer} did not accept a connection within ${connectTimeoutMs} ms.`,
    });
  }

  private tryNext(): void {
    this.dropSocket();
    const { target } = this;
    const address = this.addresses[this.next] ?? target.hostname;
    const now = performance.now();
    this.awaitUntil(now + (this.giveUpAt - now) / Math.max(1, this.addresses.length - this.next));
    this.next++;
    const socket = target.secure
      ? openTls(target, address, this.dialer.onread)
      : connectTcp({ host: address, port: target.port, noDelay: true, onread: this.dialer.onread });
    this.socket = socket;
    let isConnected = false;
    socket.once('connect', () => {
      isConnected = true;
      target.addresses.prefer(address);
    });
    socket.once(target.secure ? 'secureConnect' : 'connect', () => this.succeed(socket));
    // A socket that is given up may still report an error: the listener stays.
    socket.on('error', (error) => {
      if (socket !== this.socket) return;
      if (!isConnected && this.next < this.addresses.length) this.tryNext();
      else this.fail(toFailure(error, isConnected ? 'handshake' : 'connect', target.peer));
    });
  }

  private awaitUntil(deadline: number): void {
    this.deadline = deadline;
    deadlines.expect(deadline);
  }

  private succeed(socket: Socket): void {
    if (socket !== this.socket) return;
    this.end();
    this.socket = undefined;
    this.dialer.onSocket(socket);
  }

  private fail(failure: Failure): void {
    this.cancel();
    this.dialer.onDialFailure(failure);
  }

  private end(): void {
    this.isOver = true;
    deadlines.unwatch(this);
  }

  private dropSocket(): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.destroy();
  }
}

function openTls(target: HttpTarget, address: string, onread: OnReadOpts): Socket {
  const socket = connectTls(tlsOptions(target, address, onread));
  socket.setNoDelay(true);
  // Node tells of a session only once its certificate was checked: a resumed one is not checked again.
  socket.on('session', (session: Buffer) => {
    target.session = session;
  });
  return socket;
}

function tlsOptions(
  target: HttpTarget,
  address: string,
  onread: OnReadOpts,
): ConnectionOptions & { readonly onread: OnReadOpts } {
  return {
    host: address,
    port: target.port,
    onread,
    servername: target.servername,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: target.tls.insecure !== true,
    ...(target.secureContext !== undefined && { secureContext: target.secureContext }),
    ...(target.session !== undefined && { session: target.session }),
  };
}
