import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type Page, type Site, startSite } from '../../../test/journeys/site.ts';
import { visit } from '../../../test/journeys/visit.ts';

const sites: Site[] = [];

afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.close()));
});

async function open(pages: Record<string, Page>): Promise<Site> {
  const site = await startSite(pages);
  sites.push(site);
  return site;
}

function send(body: string | Buffer, headers: Record<string, string>): Page {
  return (_request, answer) => answer.writeHead(200, headers).end(body);
}

/** What the search of the first page found. */
async function matchesOf(page: Page, keyword = 'keyboard') {
  const site = await open({ '/': page });
  const { steps } = await visit(site.origin, { keyword });
  return steps.find(({ action }) => action === 'search') ?? steps.at(-1);
}

describe('a page', () => {
  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)('packed with %s is unpacked; its bytes are those that came', async (encoding, pack) => {
    const body = pack(Buffer.from('<p>keyboard</p>'.repeat(100)));
    const site = await open({
      '/': send(body, { 'content-encoding': encoding, 'content-type': 'text/html' }),
    });
    const { steps } = await visit(site.origin);
    expect(steps.find(({ action }) => action === 'visit')?.bytes).toBe(body.length);
    expect(steps.find(({ action }) => action === 'search')?.matches).toBe(100);
  });

  it('that says it is packed and is not fails in a sentence', async () => {
    for (const encoding of ['gzip', 'deflate', 'br', 'zstd']) {
      const site = await open({
        '/': send('x'.repeat(100), { 'content-encoding': encoding, 'content-type': 'text/html' }),
      });
      expect((await visit(site.origin)).end).toEqual({
        status: 'failed',
        reason: 'The first page could not be fetched: The body could not be unpacked.',
      });
    }
  });

  it('in an encoding that nobody knows is not searched', async () => {
    const headers = { 'content-encoding': 'rot13', 'content-type': 'text/html' };
    expect(await matchesOf(send('keyboard', headers))).toMatchObject({
      outcome: 'skipped',
      matches: null,
      note: 'The page is no text that can be searched.',
    });
  });

  it('that is no text is not searched, and not read', async () => {
    const site = await open({ '/': send(Buffer.alloc(10_000_000), { 'content-type': 'image/png' }) });
    const { end, steps } = await visit(site.origin);
    expect(end).toEqual({ status: 'completed' });
    expect(steps.find(({ action }) => action === 'visit')).toMatchObject({ outcome: 'ok', bytes: 0 });
    expect(steps.at(-1)).toMatchObject({ action: 'search', outcome: 'skipped', matches: null });
  });

  it.each([
    ['text/plain', '<script>keyboard</script> keyboard', 2],
    ['application/json', '{"name":"keyboard"}', 1],
    ['application/ld+json; charset=utf-8', '{"name":"keyboard"}', 1],
    ['application/xhtml+xml', '<p title="keyboard">keyboard</p>', 1],
    ['', '<style>keyboard</style><p>keyboard</p>', 1],
    ['TEXT/HTML', '<script>keyboard</script>', 0],
  ])('of type "%s" is searched as what it is', async (type, body, matches) => {
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
    expect(await matchesOf(send(body, headers))).toMatchObject({ outcome: 'ok', matches });
  });

  it.each([
    ['text/html; charset=iso-8859-1', Buffer.from('<p>Grüße</p>', 'latin1')],
    ['text/html; charset="windows-1252"', Buffer.from('<p>Grüße</p>', 'latin1')],
    ['text/html', Buffer.from('<meta charset=latin1><p>Grüße</p>', 'latin1')],
    ['text/html', Buffer.from('<meta http-equiv=x content="text/html; charset=latin1">Grüße', 'latin1')],
    ['text/html', Buffer.from('<meta charset=utf-16><p>Grüße</p>')],
    ['text/html; charset=nonsense', Buffer.from('<p>Grüße</p>')],
    ['text/html; charset=latin1', Buffer.from('\ufeff<p>Grüße</p>')],
    ['text/html', Buffer.from('\ufeff<p>Grüße</p>', 'utf16le')],
    ['text/html', Buffer.from('<p>GRÜßE gru\u0308ße</p>')],
  ])('in its charset (%s) is understood', async (type, body) => {
    const found = await matchesOf(send(body, { 'content-type': type }), 'grüße');
    expect(found?.matches).toBeGreaterThan(0);
  });

  it('of 10,000 links costs no more than its pages', async () => {
    const links = Array.from({ length: 10_000 }, (_, index) => `<a href="/${index}">link ${index}</a>`);
    const site = await open({ '/': `${links.join('')}<a href="/found">the keyboard</a>`, '/found': 'x' });
    const { told } = await visit(site.origin);
    expect(told).toContain('follow ok 200 /found');
    expect(site.asked).toEqual(['/robots.txt', '/', '/found']);
  });

  it('that is broken is read as far as it makes sense', async () => {
    const site = await open({
      '/': `</div><a href="/one">key<b>board<a href=/two>keyboard</p><a href='/three'<p>keyboard
        <a>keyboard</a><a href>keyboard</a><a href="http://[">keyboard</a><<<><table><a href="/four">keyboard`,
    });
    await visit(site.origin, { config: { pages: 10 } });
    expect(site.asked).toEqual(expect.arrayContaining(['/one', '/two', '/four']));
  });

  it('with a <base> has its links there, as long as it is the same site', async () => {
    const site = await open({ '/': '<base href="/shop/"><a href="keyboard">x</a>', '/2': '' });
    await visit(site.origin);
    expect(site.asked.at(-1)).toBe('/shop/keyboard');
    const elsewhere = await open({ '/': '<base href="http://127.0.0.1:9/"><a href="keyboard">x</a>' });
    expect((await visit(elsewhere.origin)).told.at(-1)).toBe('search ok');
  });
});

describe('what is read', () => {
  const limit = 100_000;

  it('ends at the limit; what came until then is searched', async () => {
    let socketClosed = false;
    const endless: Page = (request, answer) => {
      request.socket.on('close', () => {
        socketClosed = true;
      });
      answer.writeHead(200, { 'content-type': 'text/html' });
      const write = () => {
        while (!answer.destroyed && answer.write('keyboard '.repeat(1_000)));
        if (!answer.destroyed) answer.once('drain', write);
      };
      write();
    };
    const site = await open({ '/': endless });
    const { end, steps } = await visit(site.origin, { config: { bodyLimitBytes: limit } });
    expect(end).toEqual({ status: 'completed' });
    expect(steps.find(({ action }) => action === 'visit')).toMatchObject({
      bytes: limit,
      note: 'Only the first 100000 bytes were read.',
    });
    expect(steps.at(-1)?.matches).toBe(Math.floor(limit / 9));
    await expect.poll(() => socketClosed, { timeout: 10_000 }).toBe(true);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)('of a bomb (%s) is what fits into the limit', async (encoding, pack) => {
    const bomb = pack(Buffer.alloc(200_000_000, ' '));
    const site = await open({
      '/': send(bomb, { 'content-encoding': encoding, 'content-type': 'text/html' }),
    });
    const { steps } = await visit(site.origin, { config: { bodyLimitBytes: limit } });
    expect(steps.find(({ action }) => action === 'visit')).toMatchObject({
      outcome: 'ok',
      note: 'Only the first 100000 bytes were read.',
    });
  });

  it('counts as it comes too: a stream that unpacks to nothing ends at the limit', async () => {
    const nothing = gzipSync('');
    const site = await open({
      '/': send(Buffer.concat(Array(20_000).fill(nothing)), {
        'content-encoding': 'gzip',
        'content-type': 'text/html',
      }),
    });
    const { steps } = await visit(site.origin, { config: { bodyLimitBytes: limit } });
    expect(steps.find(({ action }) => action === 'visit')).toMatchObject({ outcome: 'ok', bytes: limit });
  });
});

describe('a target that takes its time', () => {
  const silent: Page = () => undefined;
  const dripping: Page = (request, answer) => {
    answer.writeHead(200, { 'content-type': 'text/html' });
    const drip = setInterval(() => answer.write('x'), 20);
    request.socket.on('close', () => clearInterval(drip));
  };

  it.each([
    ['never answers', silent],
    ['drips', dripping],
  ])('and %s fails the page when the request has had its time', async (_name, page) => {
    const site = await open({ '/': page });
    const { end, steps } = await visit(site.origin, { config: { requestTimeoutMs: 300 } });
    expect(end).toEqual({
      status: 'failed',
      reason: 'The first page could not be fetched: There was no whole answer within 300 ms.',
    });
    expect(steps.at(-1)?.durationMs).toBeGreaterThanOrEqual(299);
    await expect.poll(() => site.countOpen(), { timeout: 10_000 }).toBe(0);
  });

  it('is left when the journey has had its time: failed before the first page, completed after it', async () => {
    const site = await open({ '/': silent, '/first': '<a href="/">keyboard</a>' });
    const early = await visit(site.origin, { config: { timeLimitMs: 400 } });
    expect(early.end).toEqual({ status: 'failed', reason: 'The time limit of the journey was reached.' });
    expect(early.told.at(-1)).toBe('visit failed /');
    const late = await visit(`${site.origin}/first`, { config: { timeLimitMs: 1_500 } });
    expect(late.end).toEqual({ status: 'completed' });
    expect(late.told.at(-1)).toBe('follow failed /');
    expect(late.steps.at(-1)?.note).toBe('The time limit of the journey was reached.');
  });

  it('is left at once when the journey is stopped, and the connection with it', async () => {
    const site = await open({
      '/': (_request, _answer) => stopNow(),
    });
    let stopNow: () => void = () => undefined;
    const { end, steps } = await visit(site.origin, {
      onBegin: (trip) => {
        stopNow = () => trip.stop();
      },
    });
    expect(end).toEqual({ status: 'stopped' });
    expect(steps.at(-1)).toMatchObject({
      action: 'visit',
      outcome: 'skipped',
      note: 'The journey was stopped.',
    });
    await expect.poll(() => site.countOpen(), { timeout: 10_000 }).toBe(0);
  });

  it('may be stopped in a pause', async () => {
    const site = await open({ '/': '<a href="/keyboard">x</a>', '/keyboard': 'x' });
    const { end, told } = await visit(site.origin, {
      config: { pauseMs: { min: 50_000, max: 50_000 } },
      onStep: ({ action }, trip) => {
        if (action === 'search') setImmediate(() => trip.stop());
      },
    });
    expect(end).toEqual({ status: 'stopped' });
    expect(told.at(-1)).toBe('pause skipped');
  });
});
