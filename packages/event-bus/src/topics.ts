// Topics and the patterns that match them (H8): `*` is exactly one segment, a final `**` one or more.
import { BusError } from './event-bus.ts';

const TOPIC = /^[A-Za-z0-9_.:-]{1,255}$/;
const SEGMENT_OF_PATTERN = /^(?:\*|[A-Za-z0-9_:-]*)$/;
const MAX_LENGTH = 255;

/** @throws {BusError} `BAD_TOPIC` */
export function assertTopic(topic: string): void {
  if (!TOPIC.test(topic)) {
    throw new BusError(
      'BAD_TOPIC',
      'A topic is 1 to 255 characters of A-Z, a-z, 0-9, "_", ".", ":" and "-".',
    );
  }
}

/** @throws {BusError} `BAD_TOPIC` */
export function assertPattern(pattern: string): void {
  const segments = pattern.split('.');
  if (segments.at(-1) === '**') segments.pop();
  const isPattern = pattern.length > 0 && pattern.length <= MAX_LENGTH;
  if (!isPattern || !segments.every((segment) => SEGMENT_OF_PATTERN.test(segment))) {
    const message = 'A pattern is a topic in which whole segments may be "*", and the last one "**".';
    throw new BusError('BAD_TOPIC', message);
  }
}

export function isWildcard(pattern: string): boolean {
  return pattern.includes('*');
}

/** Turns a pattern into the question whether a topic matches it. An empty segment (`a.`) is a segment too. */
export function toMatcher(pattern: string): (topic: string) => boolean {
  if (!isWildcard(pattern)) return (topic) => topic === pattern;
  const source = pattern
    .split('.')
    .map((segment) => (segment === '**' ? '.*' : segment === '*' ? '[^.]*' : segment))
    .join('\\.');
  const expression = new RegExp(`^${source}$`);
  return (topic) => expression.test(topic);
}
