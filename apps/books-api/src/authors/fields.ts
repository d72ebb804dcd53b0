// The rules of an author's fields.
import { isAbsent, parseBody } from '../fields/body.ts';
import { parseId } from '../fields/integer.ts';
import { parseText, parseVerbatimText } from '../fields/text.ts';

export interface Author {
  readonly id: number;
  readonly name: string;
  readonly bio: string | null;
  readonly country: string | null;
}

export function parseAuthor(raw: unknown): Author {
  const body = parseBody(raw);
  return {
    id: parseId(body, 'id'),
    name: parseText(body, 'name', 255),
    bio: isAbsent(body, 'bio') ? null : parseVerbatimText(body, 'bio', 1000),
    country: isAbsent(body, 'country') ? null : parseVerbatimText(body, 'country', 100),
  };
}
