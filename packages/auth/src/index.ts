export { type AuthConfig, authVariables, toAuthConfig } from './auth-config.ts';
export { type CallLimit, type CallLimiter, createCallLimiter } from './limits/call-limiter.ts';
export {
  createLoginLimiter,
  type LoginAttempt,
  type LoginLimiter,
  type LoginLimits,
} from './limits/login-limiter.ts';
export { isHashable, MAX_PASSWORD_BYTES } from './passwords/hashable.ts';
export { createPasswords, type PasswordOptions, type Passwords } from './passwords/passwords.ts';
export { getSecret, type SecretOptions } from './secrets/secret.ts';
export { type BearerAuthOptions, bearerAuth } from './tokens/bearer-auth.ts';
export { TokenError, type TokenProblem } from './tokens/token-error.ts';
export type { IssueOptions, TokenClaims, TokenOptions, Tokens } from './tokens/tokens.ts';
