/** The open connections of a service, and how they are brought to an end without losing a request. */
import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

const CURRENT = Symbol('the last response begun on this socket');
type TrackedSocket = Duplex & { [CURRENT]?: ServerResponse };

export class Connections {
  readonly #sockets = new Set<TrackedSocket>();
  readonly #servers = new Set<Server>();
  readonly #allClosed = Promise.withResolvers<void>();
  readonly #leaving: (() => Promise<void>)[] = [];
  #isEnding = false;
  #isDraining = false;

  /** True from the first signal on: readiness says so. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** True from `end` on: nobody new is let in. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  get size(): number {
    return this.#sockets.size;
  }

  addServer(server: Server): void {
    this.#servers.add(server);
  }

  add(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#isDraining && this.#sockets.size === 0) this.#allClosed.resolve();
    });
  }

  /** Called for each request; while draining, its answer closes the connection. */
  begin(socket: TrackedSocket, response: ServerResponse): void {
    socket[CURRENT] = response;
    if (this.#isDraining) response.shouldKeepAlive = false;
  }

  /** What was answered on this socket, or is being answered. */
  current(socket: TrackedSocket): ServerResponse | undefined {
    return socket[CURRENT];
  }

  /** Says in the readiness check that the end is near, and goes on as before. */
  announceEnd(): void {
    this.#isEnding = true;
  }

  /** For connections that left HTTP: `leave` is called when the end begins, and has to close them. */
  onEnd(leave: () => Promise<void>): void {
    this.#leaving.push(leave);
  }

  /**
   * Ends them all: takes no new connection, lets every answer carry `Connection: close`, and resolves when the
   * last one is closed. Within `drainMs` a client may still send a request on a connection that was idle, and
   * is told to leave; closed at once, it could lose the request that it is just sending.
   */
  async end(drainMs: number): Promise<void> {
    this.#isEnding = true;
    this.#isDraining = true;
    // The method of node:net: that of node:http closes idle connections first.
    for (const server of this.#servers) NetServer.prototype.close.call(server);
    for (const socket of this.#sockets) this.#closeAfterAnswer(socket);
    if (this.#sockets.size === 0) this.#allClosed.resolve();
    const left = Promise.all(this.#leaving.map((leave) => leave()));
    await Promise.race([this.#allClosed.promise, wait(drainMs, undefined, { ref: false })]);
    this.#closeUnused();
    await left;
    await this.#allClosed.promise;
  }

  #closeAfterAnswer(socket: TrackedSocket): void {
    const response = socket[CURRENT];
    if (response === undefined || response.writableFinished) return;
    if (!response.headersSent) response.shouldKeepAlive = false;
    else response.once('finish', () => setImmediate(() => this.#closeUnused()));
  }

  /** Closes where nothing is in flight; Node counts a connection that never sent a byte as busy. */
  #closeUnused(): void {
    for (const server of this.#servers) server.closeIdleConnections();
    for (const socket of this.#sockets) {
      if (socket[CURRENT] === undefined && (socket as Socket).bytesRead === 0) socket.destroy();
    }
  }
}
