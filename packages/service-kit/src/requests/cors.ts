/**
 * Which pages of other origins may use a service from a browser (Fetch §3.3). Written by hand: requests that no route
 * takes, OPTIONS among them, are answered before a plugin could see them.
 */
import type { App } from '../app.ts';

const METHODS = 'GET, POST, PUT, DELETE, OPTIONS';
const HEADERS = 'Content-Type, Authorization';
const EXPOSED = 'Content-Disposition, Retry-After, X-Request-ID';
const PREFLIGHT_SECONDS = '600';

/** `origins` in lower case; no other page can read an answer, and none is let in by an asterisk. */
export function addCors(app: App, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  app.addHook('onSend', (request, reply, _payload, done) => {
    const vary = reply.getHeader('vary');
    reply.header('vary', vary === undefined ? 'Origin' : `${String(vary)}, Origin`);
    const { origin } = request.headers;
    if (origin !== undefined && allowed.has(origin.toLowerCase())) {
      reply.header('access-control-allow-origin', origin).header('access-control-allow-credentials', 'true');
      if (request.method === 'OPTIONS')
        reply
          .header('access-control-allow-methods', METHODS)
          .header('access-control-allow-headers', HEADERS)
          .header('access-control-max-age', PREFLIGHT_SECONDS);
      else reply.header('access-control-expose-headers', EXPOSED);
    }
    done();
  });
}
