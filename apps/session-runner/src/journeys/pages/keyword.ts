/** Whether and how often a keyword stands in a text or a URL, whatever its case and its spaces. */

export interface Keyword {
  countIn(text: string): number;
  /** In the path or the query, where words are parted by hyphens and the like. */
  isInUrl(url: URL): boolean;
}

export function createKeyword(written: string): Keyword {
  const words = normalize(written);
  const slug = toSlug(words);
  return {
    countIn: (text) => count(normalize(text), words),
    isInUrl: (url) => slug !== '' && toSlug(normalize(decode(url.pathname + url.search))).includes(slug),
  };
}

function normalize(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function toSlug(text: string): string {
  return text.replace(/[\s\-_+./]+/g, ' ').trim();
}

function count(text: string, words: string): number {
  if (words === '') return 0;
  let found = 0;
  for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + words.length)) found++;
  return found;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
