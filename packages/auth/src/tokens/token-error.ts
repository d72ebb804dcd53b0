/** Why a bearer token does not count: it is missing, damaged or foreign, or its time is over. */
import { AppError } from '@trafficflux/service-kit';

export type TokenProblem = 'missing' | 'invalid' | 'expired';

export type TokenSentences = Readonly<Record<TokenProblem, string>>;

export const DEFAULT_TOKEN_SENTENCES: TokenSentences = {
  missing: 'Token is missing',
  invalid: 'Invalid token',
  expired: 'Token expired',
};

/** Always `unauthorized`, with the challenge that RFC 6750 §3 asks for. */
export class TokenError extends AppError {
  override readonly name = 'TokenError';
  readonly problem: TokenProblem;

  constructor(problem: TokenProblem, sentences: TokenSentences = DEFAULT_TOKEN_SENTENCES, cause?: unknown) {
    super('unauthorized', sentences[problem], {
      code: `TOKEN_${problem.toUpperCase()}`,
      headers: { 'www-authenticate': 'Bearer' },
      cause,
    });
    this.problem = problem;
  }
}
