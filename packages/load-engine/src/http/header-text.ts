// Reads headers out of the kept head of a response. The parser has checked its grammar before.
import { SPACE, TAB } from './syntax.ts';

/** All values of one name, joined as RFC 9110 §5.2 says; of Set-Cookie, which cannot be joined, the first. */
export function readHeader(head: string, name: string): string | undefined {
  const wanted = name.toLowerCase();
  let joined: string | undefined;
  for (const [lineName, value] of readHeaderLines(head)) {
    if (lineName.toLowerCase() !== wanted) continue;
    if (wanted === 'set-cookie') return value;
    joined = joined === undefined ? value : `${joined}, ${value}`;
  }
  return joined;
}

/** A folded line becomes one line, its break one space (RFC 9112 §5.2). */
export function readHeaderLines(head: string): [name: string, value: string][] {
  const lines: [string, string][] = [];
  let at = head.indexOf('\r\n') + 2;
  while (at > 1 && at < head.length) {
    const end = fieldEnd(head, at);
    const colon = head.indexOf(':', at);
    if (end === at || colon === -1) break;
    lines.push([head.slice(at, colon), toValue(head.slice(colon + 1, end))]);
    at = end + 2;
  }
  return lines;
}

function fieldEnd(head: string, from: number): number {
  let end = head.indexOf('\r\n', from);
  while (end !== -1 && (head[end + 2] === ' ' || head[end + 2] === '\t')) end = head.indexOf('\r\n', end + 2);
  return end === -1 ? head.length : end;
}

function toValue(raw: string): string {
  return raw
    .split('\r\n')
    .map(trimBlanks)
    .filter((part) => part !== '')
    .join(' ');
}

/** Not `trim()`, which takes more than RFC 9110 §5.5 allows; not a pattern, which long blanks would slow down. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
