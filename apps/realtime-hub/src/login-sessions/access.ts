// What an access token says, once it was found good.

/** Checked: signature, algorithm, issuer, audience and times; whether its owner is still there is asked elsewhere. */
export interface Access {
  /** The claim `user_id`: `user_` and the account's id. */
  readonly userId: string;
  readonly sessionId: string;
  readonly permissions: readonly string[];
  /** Unix milliseconds; so below. */
  readonly expiresAt: number;
  /** From here on the client is asked for a new token (contracts 4.3). */
  readonly refreshAt: number;
}

export interface AccessTokens {
  /** @throws {AppError} 401 `INVALID_TOKEN`, also for a refresh token; 401 `TOKEN_EXPIRED` */
  verify(token: string): Access;
}
