/** Looks for the keyword on a page: in its text, and in the links of the same site. */
import { MAX_URL_LENGTH } from '../target-url.ts';
import type { Keyword } from './keyword.ts';
import { parsePage } from './parse-page.ts';

export interface Finding {
  readonly matches: number;
  /** Links of the same site whose text or URL matches: in their order, each once, without fragments. */
  readonly links: readonly URL[];
}

/** How many matching links of one page are kept. */
const MAX_LINKS = 100;

export function searchPage(page: { text: string; url: URL; isHtml: boolean }, keyword: Keyword): Finding {
  if (!page.isHtml) return { matches: keyword.countIn(page.text), links: [] };
  const links = new Map<string, URL>();
  let base = page.url;
  const text = parsePage(page.text, {
    onBase: (href) => {
      base = resolve(href, page.url) ?? page.url;
    },
    onLink: (link) => {
      if (links.size >= MAX_LINKS) return;
      const url = resolve(link.href, base);
      if (url === null || !isSameSite(url, page.url)) return;
      if (keyword.isInUrl(url) || keyword.countIn(link.text) > 0) links.set(url.href, url);
    },
  });
  return { matches: keyword.countIn(text), links: [...links.values()] };
}

/** Null for what is no URL, or a longer one than we follow. */
function resolve(href: string, base: URL): URL | null {
  if (href.length > MAX_URL_LENGTH || !URL.canParse(href, base.href)) return null;
  const url = new URL(href, base);
  url.hash = '';
  return url.href.length > MAX_URL_LENGTH ? null : url;
}

/** Scheme, host and port of the page itself: what was listed is what is visited. */
function isSameSite(url: URL, page: URL): boolean {
  return url.origin === page.origin && url.username === '' && url.password === '';
}
