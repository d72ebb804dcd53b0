// Names of topics and the patterns that match them (H8): `*` is exactly one segment, a final `**` one or more.

const TOPIC = /^[A-Za-z0-9_.:-]{1,255}$/;
const SEGMENT_OF_PATTERN = /^(?:\*|[A-Za-z0-9_:-]*)$/;
const MAX_LENGTH = 255;

export const TOPIC_RULE = 'a topic is 1 to 255 characters of A-Z, a-z, 0-9, "_", ".", ":" and "-"';

export function isTopic(text: unknown): text is string {
  return typeof text === 'string' && TOPIC.test(text);
}

/** A topic, or a pattern of topics. */
export function isPattern(text: unknown): text is string {
  if (isTopic(text)) return true;
  if (typeof text !== 'string' || text.length === 0 || text.length > MAX_LENGTH) return false;
  const segments = text.split('.');
  if (segments.at(-1) === '**') segments.pop();
  return segments.every((segment) => SEGMENT_OF_PATTERN.test(segment));
}

export function isWildcard(pattern: string): boolean {
  return pattern.includes('*');
}
