import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyword } from './keyword.ts';
import { searchPage } from './search-page.ts';

const url = new URL('http://shop.example:8080/a/');

function search(text: string, keyword = 'keyboard') {
  const { matches, links } = searchPage({ text, url, isHtml: true }, createKeyword(keyword));
  return { matches, links: links.map(({ href }) => href) };
}

describe('a keyword', () => {
  it.each([
    ['precision mechanical keyboard-kb1001', '<p>Precision  Mechanical\nKEYBOARD-KB1001</p>', 1],
    ['keyboard', 'keyboardkeyboard', 2],
    ['aa', 'aaa', 1],
    ['key board', 'key<br>board', 1],
    ['keyboard', 'key<br>board', 0],
    ['keyboard', 'key<!-- x --><em>bo</em>ard', 1],
    ['<b>', '&lt;b&gt;', 1],
    ['grüße', 'GRÜßE', 1],
    ['a.b', 'axb', 0],
    ['keyboard', '<img alt="keyboard"><input value="keyboard">', 0],
    ['keyboard', '<script>keyboard</script><style>keyboard</style><template>keyboard</template>', 0],
    ['keyboard', '<title>keyboard</title><button>keyboard</button>', 2],
    ['  ', 'a  b', 0],
  ])('%j in %j is found %i times', (keyword, html, matches) => {
    expect(search(html, keyword).matches).toBe(matches);
  });

  it.each([
    ['precision mechanical keyboard-kb1001', '/products/precision-mechanical-keyboard-kb1001.html'],
    ['keyboard', '/x?name=Keyboard'],
    ['grüße', '/gr%C3%BC%C3%9Fe'],
    ['two words', '/two%20words'],
    ['two words', '/two_words'],
    ['50%', '/50%25'],
  ])('%j is found in the URL %s', (keyword, path) => {
    expect(search(`<a href="${path}">x</a>`, keyword).links).toEqual([`http://shop.example:8080${path}`]);
  });

  it.each([
    ['keyboard', '/%E0%A4%A'],
    ['-', '/a-b'],
    ['keyboard', '/x#keyboard'],
  ])('%j is not found in the URL %s', (keyword, path) => {
    expect(search(`<a href="${path}">x</a>`, keyword).links).toEqual([]);
  });
});

describe('the links of a page', () => {
  it('are those of the same site only: scheme, host and port', () => {
    const hrefs = [
      'keyboard',
      '//shop.example:8080/keyboard2',
      '//shop.example/keyboard',
      'https://shop.example:8080/keyboard',
      'http://keyboard.example:8080/',
      'http://user:pass@shop.example:8080/keyboard',
      'javascript:keyboard()',
      'mailto:keyboard@shop.example',
      `/${'keyboard'.repeat(300)}`,
    ];
    expect(search(hrefs.map((href) => `<a href="${href}">x</a>`).join('')).links).toEqual([
      'http://shop.example:8080/a/keyboard',
      'http://shop.example:8080/keyboard2',
    ]);
  });

  it('are kept once each, without fragments, and no more than a hundred', () => {
    expect(search('<a href="keyboard#a">x</a><a href="keyboard#b">x</a>').links).toHaveLength(1);
    const many = Array.from({ length: 500 }, (_, index) => `<a href="keyboard${index}">x</a>`);
    expect(search(many.join('')).links).toHaveLength(100);
  });

  it('never lead off the site, whatever the page holds', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.webUrl().map((href) => `<a href="${href}">keyboard`),
      fc.constantFrom('<a href=', '"//keyboard', "'\\\\keyboard", '>', '</a>', '<base href="//keyboard/">'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        for (const href of search(pieces.join('')).links) expect(new URL(href).origin).toBe(url.origin);
      }),
    );
  });
});
