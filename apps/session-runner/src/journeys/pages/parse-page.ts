/** What a reader sees of a page: its text, and its links with theirs. */
import { Parser } from 'htmlparser2';

export interface Link {
  readonly href: string;
  readonly text: string;
}

/** Their content is no text that anybody reads. */
const INVISIBLE: ReadonlySet<string> = new Set(['script', 'style', 'template', 'noscript', 'iframe', 'svg']);
/** They do not part words: `key<b>word</b>` is one. */
const INLINE: ReadonlySet<string> = new Set(
  'a abbr b bdi bdo cite code data dfn em font i ins del kbd mark q s samp small span strong sub sup time u var wbr'.split(
    ' ',
  ),
);

/**
 * Parses HTML as far as it makes sense, however broken. Links are told of as they end, so that a page of any number of
 * them costs what its text costs. `onBase` is told the first `<base href>`.
 *
 * @returns the visible text
 */
export function parsePage(
  html: string,
  listener: { onLink(link: Link): void; onBase(href: string): void },
): string {
  const text: string[] = [];
  let invisibleDepth = 0;
  let hasBase = false;
  let link: { href: string; from: number } | null = null;

  const endLink = () => {
    if (link !== null) listener.onLink({ href: link.href, text: text.slice(link.from).join('') });
    link = null;
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      if (INVISIBLE.has(name)) invisibleDepth++;
      if (!INLINE.has(name)) text.push(' ');
      if (name === 'base' && !hasBase && attributes.href !== undefined) {
        hasBase = true;
        listener.onBase(attributes.href);
      }
      if (name !== 'a') return;
      endLink();
      if (attributes.href !== undefined) link = { href: attributes.href, from: text.length };
    },
    onclosetag(name) {
      if (INVISIBLE.has(name) && invisibleDepth > 0) invisibleDepth--;
      if (!INLINE.has(name)) text.push(' ');
      if (name === 'a') endLink();
    },
    ontext(data) {
      if (invisibleDepth === 0) text.push(data);
    },
  });
  parser.end(html);
  endLink();
  return text.join('');
}
