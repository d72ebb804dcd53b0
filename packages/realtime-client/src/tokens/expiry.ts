// When a token ends, as far as a client can read it.

/** False too for what is no JWT or has no end: the hub judges. */
export function isExpired(token: string, now: number): boolean {
  const payload = token.split('.')[1];
  if (payload === undefined) return false;
  try {
    const { exp } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof exp === 'number' && exp * 1000 <= now;
  } catch {
    return false;
  }
}
