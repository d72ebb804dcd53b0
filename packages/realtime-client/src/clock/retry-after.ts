// The Retry-After header (RFC 9110 §10.2.3): seconds, or a date.

/** Milliseconds; null where it is absent or no such thing. */
export function readRetryAfter(header: string | null | undefined): number | null {
  if (header === null || header === undefined) return null;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
