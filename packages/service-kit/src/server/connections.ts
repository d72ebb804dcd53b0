/** The open connections of a service, and how they are brought to an end without losing a request. */
import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const CURRENT = Symbol('the last response begun on this socket');
type TrackedSocket = Duplex & { [CURRENT]?: ServerResponse };

export class Connections {
  /** True from the first signal on: readiness says so, and every answer asks the client to leave. */
  isDraining = false;
  readonly #sockets = new Set<TrackedSocket>();
  readonly #servers = new Set<Server>();

  get size(): number {
    return this.#sockets.size;
  }

  addServer(server: Server): void {
    this.#servers.add(server);
  }

  add(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Called for each request; while draining, its answer closes the connection. */
  begin(socket: TrackedSocket, response: ServerResponse): void {
    socket[CURRENT] = response;
    if (this.isDraining) response.shouldKeepAlive = false;
  }

  /** What was answered on this socket, or is being answered. */
  current(socket: TrackedSocket): ServerResponse | undefined {
    return socket[CURRENT];
  }

  /** From now on answers carry `Connection: close`, those in flight too. New connections are still taken. */
  drain(): void {
    if (this.isDraining) return;
    this.isDraining = true;
    for (const socket of this.#sockets) {
      const response = socket[CURRENT];
      if (response === undefined || response.writableFinished) continue;
      if (response.headersSent) response.once('finish', () => setImmediate(() => this.closeIdle()));
      else response.shouldKeepAlive = false;
    }
  }

  /** Closes the sockets on which no request is in flight. */
  closeIdle(): void {
    for (const server of this.#servers) server.closeIdleConnections();
  }

  /** Cuts what is left. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
