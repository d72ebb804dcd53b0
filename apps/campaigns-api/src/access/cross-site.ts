// Without tokens, a browser is the way in for strangers: their pages may neither change anything here (CSRF), nor call
// their own name ours (DNS rebinding).
import { type App, AppError } from '@trafficflux/service-kit';
import type { FastifyRequest } from 'fastify';
import { forbidden } from '../errors.ts';
import type { AccessConfig } from './access-config.ts';
import { isLoopback, toHostname } from './hosts.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

export function addCrossSiteChecks(app: App, { publicHosts, corsOrigins }: AccessConfig): void {
  const names = new Set(publicHosts);
  const origins = new Set(corsOrigins);
  // After the hooks that give every answer its headers, and before a body is read.
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const refusal = findForeignHost(request, names) ?? findCrossSite(request, origins);
    done(refusal, payload);
  });
}

/** A request without a Host is none of a browser's. */
function findForeignHost(request: FastifyRequest, names: ReadonlySet<string>): AppError | null {
  const { host } = request.headers;
  const hostname = host === undefined ? 'localhost' : toHostname(host);
  if (hostname !== null && (isLoopback(hostname) || names.has(hostname))) return null;
  return new AppError('misdirected', 'The Host of the request is not one of this service');
}

function findCrossSite(request: FastifyRequest, origins: ReadonlySet<string>): AppError | null {
  if (READING.has(request.method)) return null;
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  const isForeign = origin !== undefined && !origins.has(origin) && !isOwnOrigin(origin, host);
  if (!isForeign && site !== 'cross-site') return null;
  return forbidden('Requests from pages of other sites may not change anything here');
}

/** Whatever its scheme: behind a proxy that ends TLS we do not see ours. */
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  const scheme = /^https?:(?=\/\/)/.exec(origin)?.[0];
  const own = `${scheme}//${host}`;
  return scheme !== undefined && URL.canParse(own) && URL.canParse(origin)
    ? new URL(own).host === new URL(origin).host
    : false;
}
