// Opens a socket to a target: its addresses one after the other, then TLS where the URL says so.
import { connect as connectTcp, type OnReadOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
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
export class Dial {
  private readonly target: HttpTarget;
  private readonly dialer: Dialer;
  private socket: Socket | undefined;
  private isCancelled = false;

  constructor(target: HttpTarget, dialer: Dialer) {
    this.target = target;
    this.dialer = dialer;
  }

  start(): void {
    this.target.addresses.resolve((error, addresses) => {
      if (this.isCancelled) return;
      if (error === null) this.tryAddress(addresses, 0);
      else this.dialer.onDialFailure(toFailure(error, 'lookup', this.target.peer));
    });
  }

  cancel(): void {
    this.isCancelled = true;
    this.socket?.destroy();
  }

  private tryAddress(addresses: readonly string[], index: number): void {
    const address = addresses[index] ?? this.target.hostname;
    const { target } = this;
    let isConnected = false;
    const onConnect = () => {
      isConnected = true;
      target.addresses.prefer(address);
      if (!target.secure) this.succeed(socket);
    };
    const socket = target.secure ? this.openTls(address, onConnect) : this.openTcp(address, onConnect);
    this.socket = socket;
    // A socket that is given up may still report an error: the listener stays.
    socket.on('error', (error) => {
      if (this.isCancelled || this.socket !== socket) return;
      this.socket = undefined;
      if (!isConnected && index + 1 < addresses.length) this.tryAddress(addresses, index + 1);
      else this.dialer.onDialFailure(toFailure(error, isConnected ? 'handshake' : 'connect', target.peer));
    });
  }

  private openTcp(address: string, onConnect: () => void): Socket {
    const { target, dialer } = this;
    const socket = connectTcp({ host: address, port: target.port, noDelay: true, onread: dialer.onread });
    return socket.once('connect', onConnect);
  }

  private openTls(address: string, onConnect: () => void): Socket {
    const { target, dialer } = this;
    const socket = connectTls(tlsOptions(target, address, dialer.onread));
    socket.setNoDelay(true);
    socket.once('connect', onConnect);
    socket.on('session', (session: Buffer) => {
      target.session = session;
    });
    return socket.once('secureConnect', () => this.succeed(socket));
  }

  private succeed(socket: Socket): void {
    if (this.isCancelled) return;
    this.socket = undefined;
    this.dialer.onSocket(socket);
  }
}

function tlsOptions(
  target: HttpTarget,
  address: string,
  onread: OnReadOpts,
): ConnectionOptions & { onread: OnReadOpts } {
  const { ca, cert, key, insecure } = target.tls;
  return {
    host: address,
    port: target.port,
    onread,
    servername: target.servername,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: insecure !== true,
    ...(target.session !== undefined && { session: target.session }),
    ...(ca !== undefined && { ca: ca as string | Buffer | (string | Buffer)[] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}
