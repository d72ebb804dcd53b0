/** Which passwords bcrypt sees whole: it reads 72 bytes and stops at a NUL. */

export const MAX_PASSWORD_BYTES = 72;

/**
 * True when the whole password counts: at most 72 bytes of UTF-8, no NUL, no half of a surrogate pair (all of
 * which would be encoded as the same replacement character).
 */
export function isHashable(password: string): boolean {
  return (
    Buffer.byteLength(password) <= MAX_PASSWORD_BYTES &&
    !password.includes('\u0000') &&
    password.isWellFormed()
  );
}
