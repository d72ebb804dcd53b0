// WebSockets of `ws`: with protocol pings, headers, and the HTTP answer to a refused handshake.
import type { Agent, IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { readRefusal } from './node-refusal.ts';
import type { OpenSocket } from './socket.ts';

export interface NodeSocketOptions {
  /** Default false. */
  readonly perMessageDeflate?: boolean;
  /** Sent with the handshake. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For proxies, and for certificates of one's own. */
  readonly agent?: Agent;
}

/** How long the other side may take to answer a close. */
const CLOSE_TIMEOUT_MS = 2_000;

export function createOpenNodeSocket(options: NodeSocketOptions): OpenSocket {
  return ({ url, protocols, headers }, listener) => {
    const socket = new WebSocket(url, [...protocols], {
      perMessageDeflate: options.perMessageDeflate ?? false,
      headers: { ...options.headers, ...headers },
      ...(options.agent !== undefined && { agent: options.agent }),
      // Not yet in its types.
      ...{ closeTimeout: CLOSE_TIMEOUT_MS },
    });
    let failure: Error | null = null;
    const silence = () => {
      socket.removeAllListeners();
      // To end a socket before it is open is an error to `ws`, and an error without a listener ends the process.
      socket.on('error', () => {});
    };
    socket.on('open', () => listener.opened());
    socket.on('message', (data, isBinary) =>
      isBinary ? listener.heardBytes() : listener.heard(String(data)),
    );
    socket.on('pong', () => listener.ponged());
    socket.on('error', (error) => {
      failure ??= error;
    });
    socket.on('unexpected-response', (_request, response: IncomingMessage) => {
      silence();
      void readRefusal(response).then((end) => {
        socket.terminate();
        listener.ended(end);
      });
    });
    socket.on('close', (code, reason) => {
      silence();
      // 1006 stands for no close at all: then the error says more. Errors with a code of their own are the protocol's.
      if (failure !== null && code === 1006) listener.ended({ kind: 'failed', error: failure });
      else listener.ended({ kind: 'closed', code, reason: String(reason) });
    });
    return {
      get isOpen() {
        return socket.readyState === WebSocket.OPEN;
      },
      send: (text) => socket.send(text),
      ping: () => socket.ping(),
      close(code, reason) {
        silence();
        socket.close(code, reason);
      },
      drop() {
        silence();
        socket.terminate();
      },
    };
  };
}
