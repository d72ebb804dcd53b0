// Who somebody is now: the account behind a token may be disabled and its session ended while a socket is open.
import type { Role } from '@trafficflux/accounts';
import type { Access } from '../login-sessions/access.ts';

export type Standing =
  /** Account and login session are there. */
  | { readonly is: 'present'; readonly username: string; readonly roles: readonly Role[] }
  /** The account is disabled or deleted, or the session ended. */
  | { readonly is: 'gone' }
  /** The store is away, and what was known of them is too old. */
  | { readonly is: 'unknown' };

export interface People {
  /**
   * Answers with what the stores say after this call; questions of one moment share one query. While the stores are
   * away, what they said within the last minute counts.
   */
  ask(access: Access, answer: (standing: Standing) => void): void;
  /** Questions that wait for their answer. */
  readonly waiting: number;
  close(): Promise<void>;
}
