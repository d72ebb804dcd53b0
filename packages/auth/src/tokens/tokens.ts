/** Issuing and checking access tokens: JWT, HS256 only, for one audience of one issuer. */
import fastifyJwt from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import {
  DEFAULT_TOKEN_CODES,
  DEFAULT_TOKEN_SENTENCES,
  type TokenCodes,
  TokenError,
  type TokenProblem,
  type TokenSentences,
} from './token-error.ts';

export interface TokenOptions {
  readonly secret: string;
  /** `iss`, and the only one that is accepted. */
  readonly issuer: string;
  /** `aud`: each service has its own, so that tokens do not cross even between services with one secret. */
  readonly audience: string;
  readonly lifetimeSeconds: number;
  /** Claims of the service that must be there, for example `['user_id']`. */
  readonly requiredClaims?: readonly string[];
  readonly sentences?: Partial<TokenSentences>;
  readonly codes?: Partial<TokenCodes>;
}

/** What every accepted token carries, beside the service's own claims. Times are seconds since 1970. */
export interface TokenClaims {
  readonly iat: number;
  readonly exp: number;
  readonly iss: string;
  readonly aud: string | readonly string[];
  readonly [claim: string]: unknown;
}

export interface Tokens {
  /** Signs the claims together with `iat`, `exp`, `iss` and `aud`; an `iat` among the claims counts. */
  issue(claims: Readonly<Record<string, unknown>>, options?: IssueOptions): string;
  /** @throws {TokenError} `expired` for a good token whose time is over, `invalid` for everything else */
  verify(token: string): TokenClaims;
  /** The error of this service for a request without a token, a bad one, or one whose owner is gone. */
  createError(problem: TokenProblem, cause?: unknown): TokenError;
}

export interface IssueOptions {
  /** Instead of the service's own. */
  readonly lifetimeSeconds?: number;
}

/** Clocks of issuer and verifier may differ by this much (H16). */
const CLOCK_TOLERANCE_MS = 5_000;

/** Registers @fastify/jwt on the app and returns the tokens of the service. */
export async function addTokens(app: FastifyInstance, options: TokenOptions): Promise<Tokens> {
  const wording = {
    sentences: { ...DEFAULT_TOKEN_SENTENCES, ...options.sentences },
    codes: { ...DEFAULT_TOKEN_CODES, ...options.codes },
  };
  const createError = (problem: TokenProblem, cause?: unknown) => new TokenError(problem, wording, cause);
  await app.register(fastifyJwt, {
    secret: options.secret,
    sign: {
      algorithm: 'HS256',
      iss: options.issuer,
      aud: options.audience,
      expiresIn: options.lifetimeSeconds,
    },
    verify: {
      // The algorithm is ours and never the token's (RFC 8725 §3.1).
      algorithms: ['HS256'],
      allowedIss: options.issuer,
      allowedAud: options.audience,
      requiredClaims: ['iat', 'exp', 'iss', 'aud', ...(options.requiredClaims ?? [])],
      clockTolerance: CLOCK_TOLERANCE_MS,
    },
  });
  return {
    issue: (claims, { lifetimeSeconds } = {}) =>
      lifetimeSeconds === undefined
        ? app.jwt.sign(claims)
        : app.jwt.sign(claims, { expiresIn: lifetimeSeconds }),
    verify(token) {
      try {
        checkSpelling(token);
        return checkTimes(app.jwt.verify<TokenClaims>(token));
      } catch (error) {
        throw createError(isExpiry(error) ? 'expired' : 'invalid', error);
      }
    },
    createError,
  };
}

/** The last of a signature's 43 characters has two bits too many, which decoders ignore: four spellings would pass. */
function checkSpelling(token: string): void {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  const canonical = Buffer.from(signature, 'base64url').toString('base64url');
  if (signature !== canonical) throw new RangeError('the signature must be canonical base64url');
}

/** What fast-jwt leaves open: `"exp": 1e999` is infinite and never ends, and a token from the future is none. */
function checkTimes(claims: TokenClaims): TokenClaims {
  if (!Number.isFinite(claims.exp)) throw new RangeError('exp must be a finite number');
  const isIssued = Number.isFinite(claims.iat) && claims.iat * 1000 <= Date.now() + CLOCK_TOLERANCE_MS;
  if (!isIssued) throw new RangeError('iat must be a number and not in the future');
  return claims;
}

function isExpiry(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'FAST_JWT_EXPIRED';
}
