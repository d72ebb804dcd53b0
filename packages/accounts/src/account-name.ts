// What may be a username or an e-mail, so that every store takes it, finds it again and gives it back as it was.

/** UTF-16 units. More would fit into no index of PostgreSQL, nor the username into a token's header. */
export const MAX_NAME_LENGTH = 255;

/** Says whether a store can keep this as a username or an e-mail; what it cannot keep, no account has. */
export function isAccountName(value: unknown): value is string {
  return isStorable(value) && value.length > 0 && value.length <= MAX_NAME_LENGTH;
}

/** PostgreSQL refuses NUL, and MongoDB would quietly replace half a surrogate pair. */
export function isStorable(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}

/** E-mails are compared by this; it is made here and not by a store, whose ideas of lower case differ. */
export function toEmailKey(email: string): string {
  return email.toLowerCase();
}

const ID = /^[0-9a-f]{24}$/;

export function isAccountId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}
