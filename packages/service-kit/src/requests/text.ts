/** Text that PostgreSQL can store: no NUL, no half of a surrogate pair. */

/** True when the text holds neither NUL nor a lone surrogate; JSON allows both, and no database of ours does. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
