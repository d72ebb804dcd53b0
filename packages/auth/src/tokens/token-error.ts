/** Why a bearer token does not count: it is missing, damaged or foreign, or its time is over. */
import { AppError } from '@trafficflux/service-kit';

export type TokenProblem = 'missing' | 'invalid' | 'expired';

export type TokenSentences = Readonly<Record<TokenProblem, string>>;

export const DEFAULT_TOKEN_SENTENCES: TokenSentences = {
  missing: 'Token is missing',
  invalid: 'Invalid token',
  expired: 'Token expired',
};

export type TokenCodes = Readonly<Record<TokenProblem, string>>;

export const DEFAULT_TOKEN_CODES: TokenCodes = {
  missing: 'TOKEN_MISSING',
  invalid: 'TOKEN_INVALID',
  expired: 'TOKEN_EXPIRED',
};

export interface TokenWording {
  readonly sentences: TokenSentences;
  readonly codes: TokenCodes;
}

/** Always `unauthorized`, with the challenge that RFC 6750 §3 asks for. */
export class TokenError extends AppError {
  override readonly name = 'TokenError';
  readonly problem: TokenProblem;

  constructor(problem: TokenProblem, { sentences, codes }: TokenWording, cause?: unknown) {
    super('unauthorized', sentences[problem], {
      code: codes[problem],
      headers: { 'www-authenticate': 'Bearer' },
      cause,
    });
    this.problem = problem;
  }
}
