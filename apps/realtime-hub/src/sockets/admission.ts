// Who is let in, decided before the upgrade and told over HTTP (H9, H15): 426, 503, the origin's 403, 401, 403, 101.
import { type App, AppError } from '@trafficflux/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../connections/hub.ts';
import { toRightsOf } from '../connections/standing.ts';
import type { Access, AccessTokens } from '../login-sessions/access.ts';
import type { People, Standing } from '../people/people.ts';
import { ANONYMOUS_RIGHTS, type Rights } from '../rights/rights.ts';
import { isHandshake } from './handshake.ts';
import { findToken } from './token-places.ts';

export interface AdmissionOptions {
  readonly hub: Hub;
  readonly tokens: AccessTokens;
  readonly people: People;
  readonly allowAnonymous: boolean;
  /** In lower case; null: every origin may come. */
  readonly allowedOrigins: readonly string[] | null;
  readonly isEnding: () => boolean;
}

export interface Admission {
  readonly access: Access | null;
  readonly rights: Rights;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What a request to /ws was granted; null before. */
    admission: (Admission & { readonly reply: FastifyReply }) | null;
  }
}

const RETRY_AFTER_SECONDS = 2;

/** Adds the hook; with it a request comes to the socket only when it was let in. */
export function createAdmission(app: App, options: AdmissionOptions) {
  app.decorateRequest('admission', null);
  return async function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (!request.ws) throw upgradeRequired();
    const place = options.isEnding() ? null : options.hub.takePlace();
    if (place === null) throw serverFull();
    request.raw.socket.once('close', () => place.free());
    try {
      checkOrigin(request.headers.origin, options.allowedOrigins);
      request.admission = { ...(await identify(request, options)), reply };
    } catch (error) {
      place.free();
      throw error;
    }
  };
}

function checkOrigin(origin: string | undefined, allowed: readonly string[] | null): void {
  if (origin === undefined || allowed === null || allowed.includes(origin.toLowerCase())) return;
  throw new AppError('forbidden', 'This page may not connect.', { code: 'FORBIDDEN' });
}

async function identify(request: FastifyRequest, options: AdmissionOptions): Promise<Admission> {
  const token = findToken(request);
  if (token === null) {
    if (!options.allowAnonymous) throw invalidToken('Authentication token is required');
    checkHandshake(request);
    return { access: null, rights: ANONYMOUS_RIGHTS };
  }
  const access = options.tokens.verify(token);
  const standing = await new Promise<Standing>((answer) => options.people.ask(access, answer));
  if (standing.is === 'unknown') throw accountsAway();
  if (standing.is === 'gone') throw invalidToken('Invalid token');
  const rights = toRightsOf(standing, access.permissions);
  if (!rights.mayRead) throw new AppError('forbidden', 'You may not read here.', { code: 'FORBIDDEN' });
  checkHandshake(request);
  return { access, rights };
}

/** Here and not by the library, so that also this error has the service's own format. */
function checkHandshake(request: FastifyRequest): void {
  if (isHandshake(request.raw)) return;
  throw new AppError('bad-request', 'This is not a WebSocket handshake of version 13.', {
    code: 'INVALID_REQUEST',
    headers: { 'sec-websocket-version': '13' },
  });
}

function upgradeRequired(): AppError {
  return new AppError('upgrade-required', 'This address speaks WebSocket only.', {
    code: 'UPGRADE_REQUIRED',
    headers: { upgrade: 'websocket', connection: 'Upgrade' },
  });
}

function serverFull(): AppError {
  return new AppError('unavailable', 'Server at capacity', {
    code: 'SERVER_FULL',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

function accountsAway(): AppError {
  return new AppError('unavailable', 'The accounts are not available. Please try again later.', {
    code: 'ACCOUNTS_UNAVAILABLE',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

function invalidToken(message: string): AppError {
  return new AppError('unauthorized', message, {
    code: 'INVALID_TOKEN',
    headers: { 'www-authenticate': 'Bearer' },
  });
}
