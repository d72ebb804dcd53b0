/** Requests that leave HTTP for WebSocket (RFC 6455 §4.1): only where a route takes them. */
import type { IncomingMessage, Server } from 'node:http';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { toPath } from '../requests/path.ts';

/** As @fastify/websocket marks its routes. */
interface SocketRoute {
  readonly websocket?: boolean;
  readonly wsHandler?: unknown;
}

export class Upgrades {
  readonly #paths = new Set<string>();

  /** Must run before the routes are added. */
  watch(app: FastifyInstance): void {
    app.addHook('onRoute', (route: RouteOptions & SocketRoute) => {
      if (route.websocket === true || route.wsHandler !== undefined) this.#paths.add(route.url);
    });
  }

  /** Anything else is answered as ordinary HTTP, as RFC 9110 §7.8 allows: curl offers `h2c` with every request. */
  readonly may = (request: IncomingMessage): boolean =>
    request.method === 'GET' &&
    request.headers.upgrade?.toLowerCase() === 'websocket' &&
    this.#paths.has(toPath(request.url));

  /** @fastify/websocket listens to the first server of an app only. */
  forward(from: Server, to: Server): void {
    from.on('upgrade', (request, socket, head) => to.emit('upgrade', request, socket, head));
  }
}
