// Which pages of other origins may use the API from a browser. Written by hand: requests that no route takes, OPTIONS
// among them, are answered before a plugin could see them.
import type { App } from '@trafficflux/service-kit';

const METHODS = 'GET, POST, PUT, DELETE, OPTIONS';
const HEADERS = 'Content-Type, Authorization';
const EXPOSED = 'Content-Disposition, Retry-After, X-Request-ID';
const PREFLIGHT_SECONDS = '600';

export function addCors(app: App, origins: readonly string[]): void {
  const allowed = new Set(origins);
  app.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin !== undefined && allowed.has(origin)) {
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
