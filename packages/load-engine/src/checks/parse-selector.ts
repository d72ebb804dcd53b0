/** Reads what a threshold is on: a metric, and the tags that limit it, as in `http_req_duration{step:GET /books}`. */
import type { Tags } from '../record/step-recorder.ts';

export interface Selector {
  readonly name: string;
  /** Empty for everything. */
  readonly tags: Tags;
}

/** Throws a RangeError that says what is wrong. */
export function parseSelector(text: string): Selector {
  const trimmed = text.trim();
  const open = trimmed.indexOf('{');
  if (open === -1) return { name: trimmed, tags: {} };
  const end = findEnd(trimmed, open);
  if (end !== trimmed.length - 1) {
    throw wrong(text, end === -1 ? 'its { is never closed' : 'nothing may follow its }');
  }
  const pairs = split(trimmed.slice(open + 1, end), ',').map((pair) => toPair(pair, text));
  const tags = Object.fromEntries(pairs);
  if (Object.keys(tags).length < pairs.length) throw wrong(text, 'it names a tag twice');
  return { name: trimmed.slice(0, open).trim(), tags };
}

/** Where the brace closes that opens at `from`: values may hold braces in pairs, or anything in quotes. -1 for nowhere. */
function findEnd(text: string, from: number): number {
  let depth = 0;
  for (const [index, character] of walkUnquoted(text, from)) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

/** At the separators that stand in no braces, brackets or quotes. */
export function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const [index, character] of walkUnquoted(text, 0)) {
    if (character === '{' || character === '(') depth += 1;
    if (character === '}' || character === ')') depth -= 1;
    if (character !== separator || depth > 0) continue;
    parts.push(text.slice(from, index));
    from = index + 1;
  }
  parts.push(text.slice(from));
  return parts;
}

/** Quotes count only where a value begins: after a colon or comma. An apostrophe in a name is just one. */
function* walkUnquoted(text: string, from: number): Generator<readonly [index: number, character: string]> {
  let quote = '';
  let before = '';
  for (let index = from; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote !== '') {
      if (character === quote) quote = '';
      continue;
    }
    if ((character === '"' || character === "'") && before === ':') quote = character;
    else yield [index, character];
    if (character !== ' ') before = character;
  }
}

function toPair(pair: string, text: string): [tag: string, value: string] {
  const colon = pair.indexOf(':');
  const tag = pair.slice(0, colon).trim();
  const value = unquote(pair.slice(colon + 1).trim());
  if (colon > 0 && tag !== '' && value !== '') return [tag, value];
  throw wrong(text, 'expected tag:value in the braces, such as {step:login} or {scenario:shop,group:cart}');
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1$/s.exec(value);
  return quoted?.[2] ?? value;
}

function wrong(text: string, reason: string): RangeError {
  return new RangeError(`"${text.trim()}" is not understood: ${reason}`);
}
