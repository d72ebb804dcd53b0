import { afterEach, describe, expect, it } from 'vitest';
import { type Page, type Site, startSite } from '../../../test/journeys/site.ts';
import { visit } from '../../../test/journeys/visit.ts';

const sites: Site[] = [];

afterEach(async () => {
  await Promise.all(sites.splice(0).map((site) => site.close()));
});

async function open(pages: Record<string, Page>, host?: string): Promise<Site> {
  const site = await startSite(pages, host);
  sites.push(site);
  return site;
}

const COMPLETED = { status: 'completed' };
const failed = (reason: string) => ({
  status: 'failed',
  reason: `The first page could not be fetched: ${reason}`,
});

function redirect(location: string, status = 302): Page {
  return (_request, answer) => answer.writeHead(status, { location }).end();
}

describe('a visit', () => {
  it('reads robots.txt, the page, and links of the site whose text or URL matches, each once', async () => {
    const site = await open({
      '/robots.txt': (_request, answer) => answer.end('User-agent: *\nDisallow: /private'),
      '/': `<title>Shop</title><p>Our KEYboard: a fine <b>key</b>board</p>
        <a href="/about">About us</a>
        <a href="/products/mechanical_keyboard.html?x=1#top">Look</a>
        <a href="/products/mechanical_keyboard.html?x=1">Look again</a>
        <a href="two">The  KeyBoard  page</a>
        <a href="/private/keyboard">hidden</a>
        <a href="mailto:keyboard@shop.example">write</a>
        <a href="http://keyboard.example/">elsewhere</a>
        <a href="/">this keyboard page</a>`,
      '/products/mechanical_keyboard.html?x=1': '<p>no match</p><a href="/three">keyboards</a>',
      '/two': 'keyboard keyboard',
      '/three': 'keyboard',
    });
    const { end, told, steps } = await visit(`${site.origin}/`, { config: { pages: 10 } });
    expect(end).toEqual(COMPLETED);
    expect(told).toEqual([
      'robots ok 200 /robots.txt',
      'visit ok 200 /',
      'search ok',
      'pause ok',
      'follow ok 200 /products/mechanical_keyboard.html?x=1',
      'search ok',
      'pause ok',
      'follow ok 200 /two',
      'search ok',
      'pause ok',
      'follow blocked /private/keyboard',
      'pause ok',
      'follow ok 200 /three',
      'search ok',
    ]);
    expect(site.asked).toEqual([
      '/robots.txt',
      '/',
      '/products/mechanical_keyboard.html?x=1',
      '/two',
      '/three',
    ]);
    expect(steps.filter(({ action }) => action === 'search').map(({ matches }) => matches)).toEqual([
      4, 1, 2, 1,
    ]);
    expect(steps.map(({ number }) => number)).toEqual(steps.map((_, index) => index + 1));
  });

  it('says honestly who it is, with a plain GET and without cookies', async () => {
    const site = await open({
      '/': (_request, answer) => answer.setHeader('set-cookie', 'id=1').end('<a href="/keyboard">x</a>'),
      '/keyboard': 'x',
    });
    await visit(site.origin);
    expect(site.asked).toEqual(['/robots.txt', '/', '/keyboard']);
    for (const { method, headers } of site.requests) {
      expect(method).toBe('GET');
      expect(headers['user-agent']).toMatch(/^TrafficFlux-SyntheticJourney\/\d+\.\d+\.\d+$/);
      expect(headers.host).toBe(`127.0.0.1:${site.port}`);
      expect(Object.keys(headers).sort()).toEqual(
        ['accept', 'accept-encoding', 'connection', 'host', 'user-agent'].sort(),
      );
    }
  });

  it('takes the time of each step, and counts its bytes', async () => {
    const site = await open({ '/': 'keyboard' });
    const { steps } = await visit(`127.0.0.1:${site.port}`);
    const page = steps.find(({ action }) => action === 'visit');
    expect(page).toMatchObject({ bytes: 8, status: 200, matches: null, note: null });
    for (const step of steps) {
      expect(step.durationMs).toBeGreaterThanOrEqual(0);
      expect(step.startedAtMs).toBeGreaterThan(1_700_000_000_000);
    }
    expect(page?.durationMs).toBeGreaterThan(0);
  });

  it('is completed when the keyword is not found, and when a later page fails', async () => {
    const site = await open({ '/': '<a href="/gone">keyboard</a>' });
    const { end, told, steps } = await visit(site.origin);
    expect(end).toEqual(COMPLETED);
    expect(told.at(-1)).toBe('follow failed 404 /gone');
    expect(steps.at(-1)?.note).toBe('The target answered with status 404.');
    expect((await visit(site.origin, { keyword: 'typewriter' })).told).toEqual([
      'robots ok 404 /robots.txt',
      'visit ok 200 /',
      'search ok',
    ]);
  });

  it('goes no further than its number of pages', async () => {
    const links = (at: string) =>
      Array.from({ length: 20 }, (_, index) => `<a href="/keyboard/${at}${index}">x</a>`).join('');
    const pages: Record<string, Page> = { '/': links('a') };
    for (let index = 0; index < 20; index++) pages[`/keyboard/a${index}`] = links('b');
    const site = await open(pages);
    const { end } = await visit(site.origin, { config: { pages: 3 } });
    expect(end).toEqual(COMPLETED);
    expect(site.asked).toEqual(['/robots.txt', '/', '/keyboard/a0', '/keyboard/a1']);
  });

  it('fails when the first page is refused, is missing, breaks, or is no HTTP', async () => {
    const site = await open({
      '/robots.txt': (_request, answer) => answer.end(''),
      '/broken': (_request, answer) => answer.writeHead(503).end(),
      '/cut': (request, answer) => {
        answer.writeHead(200, { 'content-length': 10 }).write('abc', () => request.socket.destroy());
      },
      '/noise': (request) => request.socket.end('hello\r\n\r\n'),
    });
    const endOf = async (path: string) => (await visit(`${site.origin}${path}`)).end;
    expect(await endOf('/missing')).toEqual(failed('The target answered with status 404.'));
    expect(await endOf('/broken')).toEqual(failed('The target answered with status 503.'));
    expect(await endOf('/cut')).toEqual(
      failed('The target closed the connection before its answer was whole.'),
    );
    expect(await endOf('/noise')).toEqual(failed('The answer was not HTTP.'));
    const { port } = site;
    await site.close();
    const refused = await visit(`http://127.0.0.1:${port}/`);
    expect(refused.end).toMatchObject({ status: 'failed', reason: /The connection was refused\.$/ });
    expect(refused.told).toEqual(['robots failed /robots.txt', 'visit blocked /']);
  });
});

describe('robots.txt', () => {
  const robots =
    (status: number, body = '', headers = {}): Page =>
    (_request, answer) =>
      answer.writeHead(status, headers).end(body);

  it.each([401, 403, 404, 410, 429])('that answers %i allows everything', async (status) => {
    const site = await open({ '/robots.txt': robots(status, 'Disallow: /'), '/': 'x' });
    expect((await visit(site.origin)).end).toEqual(COMPLETED);
  });

  it.each([500, 503, 304])('that answers %i allows nothing', async (status) => {
    const site = await open({ '/robots.txt': robots(status), '/': 'x' });
    const { end, told } = await visit(site.origin);
    expect(end).toMatchObject({ status: 'failed', reason: expect.stringContaining('RFC 9309') });
    expect(told).toEqual([`robots failed ${status} /robots.txt`, 'visit blocked /']);
    expect(site.asked).toEqual(['/robots.txt']);
  });

  it('that names us counts more than what it says to everybody', async () => {
    const body =
      'User-agent: *\nDisallow: /\n\nUser-Agent: trafficflux-syntheticjourney\nDisallow: /no\nAllow: /';
    const site = await open({
      '/robots.txt': robots(200, `\ufeff${body}`),
      '/': '<a href="/no/keyboard">x</a>',
    });
    const { end, told } = await visit(site.origin);
    expect(end).toEqual(COMPLETED);
    expect(told.at(-1)).toBe('follow blocked /no/keyboard');
  });

  it('that forbids the first page fails the journey without a request for it', async () => {
    const site = await open({ '/robots.txt': robots(200, 'User-agent: *\nDisallow: /'), '/': 'x' });
    const { end } = await visit(site.origin);
    expect(end).toEqual(failed('robots.txt does not allow this page.'));
    expect(site.asked).toEqual(['/robots.txt']);
  });

  it('is followed through redirects, five and no more', async () => {
    const pages: Record<string, Page> = { '/': 'x', '/r5': robots(200, 'User-agent: *\nDisallow: /') };
    pages['/robots.txt'] = redirect('/r1');
    for (let hop = 1; hop < 5; hop++) pages[`/r${hop}`] = redirect(`/r${hop + 1}`);
    const site = await open(pages);
    expect((await visit(site.origin)).end).toEqual(failed('robots.txt does not allow this page.'));
    pages['/r5'] = redirect('/r6');
    expect((await visit(site.origin)).end).toMatchObject({
      reason: expect.stringContaining('The target redirects more than 5 times.'),
    });
    expect(site.asked).not.toContain('/');
    expect(site.asked).not.toContain('/r6');
  });

  it('is understood up to 512 KiB', async () => {
    const filler = '# nothing\n'.repeat(52_429);
    const site = await open({
      '/robots.txt': robots(200, `User-agent: *\nDisallow: /a\n${filler}Disallow: /b\n`),
      '/a': 'x',
      '/b': 'x',
    });
    const { steps } = await visit(`${site.origin}/b`);
    expect(steps.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
    expect(steps[0]?.bytes).toBe(524_288);
    expect((await visit(`${site.origin}/a`)).end.status).toBe('failed');
  });

  it('is asked of every site that a redirect leads to', async () => {
    const other = await open({
      '/robots.txt': robots(200, 'User-agent: *\nDisallow: /no'),
      '/yes': 'x',
      '/no': 'x',
    });
    const site = await open({ '/': redirect(`${other.origin}/yes`), '/2': redirect(`${other.origin}/no`) });
    expect((await visit(site.origin)).end).toEqual(COMPLETED);
    expect((await visit(`${site.origin}/2`)).end).toEqual(failed('robots.txt does not allow this page.'));
    expect(other.asked).toEqual(['/robots.txt', '/yes', '/robots.txt']);
  });

  it('sets the pace when it names a longer one than ours', async () => {
    const site = await open({
      '/robots.txt': robots(200, 'User-agent: *\nCrawl-delay: 0.2'),
      '/': '<a href="/keyboard">x</a>',
      '/keyboard': 'x',
    });
    const { steps } = await visit(site.origin);
    expect(steps.find(({ action }) => action === 'pause')?.durationMs).toBeGreaterThanOrEqual(199);
  });
});

describe('a pause that robots.txt asks for', () => {
  it.each(['1e9', 'Infinity'])('of %s s lasts as long as the journey does', async (delay) => {
    const site = await open({
      '/robots.txt': (_request, answer) => answer.end(`User-agent: *\nCrawl-delay: ${delay}`),
      '/': '<a href="/keyboard">x</a>',
      '/keyboard': 'x',
    });
    const { end } = await visit(site.origin, { config: { timeLimitMs: 1_000 } });
    expect(end).toEqual(COMPLETED);
    expect(site.asked).toEqual(['/robots.txt', '/']);
  });
});

describe('a redirect', () => {
  it('is followed within the list, each hop a step', async () => {
    const site = await open({
      '/': redirect('/a', 301),
      '/a': redirect('b?c=d#e', 308),
      '/b?c=d': '<a href="keyboard">x</a>',
      '/keyboard': redirect('/'),
    });
    const { end, told, steps } = await visit(site.origin);
    expect(end).toEqual(COMPLETED);
    expect(told).toEqual([
      'robots ok 404 /robots.txt',
      'visit ok 301 /',
      'visit ok 308 /a',
      'visit ok 200 /b?c=d',
      'search ok',
      'pause ok',
      'follow ok 302 /keyboard',
      'follow skipped /',
    ]);
    expect(steps[1]?.note).toBe('The target redirects.');
  });

  it('is followed a limited number of times', async () => {
    const pages: Record<string, Page> = {};
    for (let hop = 0; hop < 9; hop++) pages[`/${hop}`] = redirect(`/${hop + 1}`);
    const site = await open(pages);
    const { end } = await visit(`${site.origin}/0`, { config: { redirectLimit: 3 } });
    expect(end).toEqual(failed('The target redirects more than 3 times.'));
    expect(site.asked).toEqual(['/robots.txt', '/0', '/1', '/2', '/3']);
  });

  it('to where it came from is no circle without end', async () => {
    const site = await open({ '/': redirect('/a'), '/a': redirect('/') });
    expect((await visit(site.origin)).end.status).toBe('failed');
    expect(site.asked).toEqual(['/robots.txt', '/', '/a']);
  });

  describe('F71', () => {
    it('to an unlisted host is blocked, and nobody connects to it', async () => {
      const secret = await open({ '/': 'secret' });
      const site = await open({ '/': redirect(`http://127.0.0.1:${secret.port}/`) }, 'localhost');
      const { end, told, steps } = await visit(`http://localhost:${site.port}/`, { allowList: 'localhost' });
      expect(end).toEqual(
        failed('The target redirects to where it may not go: 127.0.0.1 is not on TARGET_ALLOWLIST.'),
      );
      expect(told.at(-1)).toBe('visit blocked /');
      expect(steps.at(-1)).toMatchObject({ status: null, url: `http://127.0.0.1:${secret.port}/` });
      expect(secret.connections).toBe(0);
    });

    it.each([
      ['//169.254.169.254/', '169.254.169.254 is not on TARGET_ALLOWLIST.'],
      ['file:///etc/passwd', 'Only http and https are visited, not file.'],
      ['http://2130706433:6379/', 'A host written in an unusual form is not visited'],
      ['http://user:geheim@127.0.0.1/', 'A URL with a user name or a password is not visited.'],
      ['/\\169.254.169.254/', 'A host written in an unusual form is not visited'],
      ['http://[', 'This is no URL.'],
      [`/${'x'.repeat(3_000)}`, 'The URL is too long.'],
    ])('to %s is blocked, at first and later', async (location, sentence) => {
      const site = await open({
        '/': '<a href="/keyboard">x</a>',
        '/keyboard': redirect(location),
        '/first': redirect(location),
      });
      const { end, steps } = await visit(site.origin);
      expect(end).toEqual(COMPLETED);
      expect(steps.at(-1)).toMatchObject({ action: 'follow', outcome: 'blocked', status: null });
      expect(steps.at(-1)?.note).toContain(sentence);
      expect(JSON.stringify(steps)).not.toContain('geheim');
      const first = await visit(`${site.origin}/first`);
      expect(first.end).toMatchObject({ status: 'failed', reason: expect.stringContaining(sentence) });
      expect(
        site.asked.filter((path) => !['/', '/robots.txt', '/keyboard', '/first'].includes(path)),
      ).toEqual([]);
    });

    it('of robots.txt to an unlisted host is not followed, so nothing is visited', async () => {
      const site = await open({ '/robots.txt': redirect('http://169.254.169.254/'), '/': 'x' });
      const { end, told } = await visit(site.origin);
      expect(end.status).toBe('failed');
      expect(told.map((step) => step.split(' ').slice(0, 2).join(' '))).toEqual([
        'robots ok',
        'robots blocked',
        'visit blocked',
      ]);
      expect(site.asked).toEqual(['/robots.txt']);
    });
  });
});

describe('a target that is not listed', () => {
  it.each([
    'http://0.0.0.0:PORT/',
    'http://[::ffff:7f00:1]:PORT/',
    'http://2130706433:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://0x7f.1:PORT/',
    '017700000001:PORT',
    '127.1:PORT',
    'http://user@127.0.0.1:PORT/',
    'http://127.0.0.1.:PORT/',
    'http://localhost.:PORT/',
    'ftp://127.0.0.1:PORT/',
  ])('S30, F68: %s is not connected to, although the driver was chosen', async (target) => {
    const site = await open({ '/': 'x' });
    const { end, steps } = await visit(target.replace('PORT', `${site.port}`));
    expect(end.status).toBe('failed');
    expect(steps).toEqual([expect.objectContaining({ action: 'visit', outcome: 'blocked', status: null })]);
    expect(site.connections).toBe(0);
  });

  it('S32, F70: is not reached by a name that resolves elsewhere later in the journey', async () => {
    const site = await open({ '/': '<a href="/keyboard">x</a>', '/keyboard': 'x' });
    const answers = [['127.0.0.1'], ['127.0.0.2']];
    let lookups = 0;
    const { end } = await visit(`http://shop.example:${site.port}/`, {
      allowList: 'shop.example,127.0.0.1,127.0.0.2',
      lookup: (_name, _options, callback) => {
        lookups++;
        callback(
          null,
          (answers.shift() ?? []).map((address) => ({ address, family: 4 })),
        );
      },
    });
    expect(end).toEqual(COMPLETED);
    expect(lookups).toBe(1);
    expect(site.requests.map(({ headers }) => headers.host)).toEqual(
      Array(3).fill(`shop.example:${site.port}`),
    );
  });

  it('F70: is not reached by an answer with a public address and loopback', async () => {
    const site = await open({ '/': 'x' });
    const { end, told } = await visit(`http://shop.example:${site.port}/`, {
      allowList: 'shop.example,127.0.0.1',
      lookup: (_name, _options, callback) =>
        callback(
          null,
          ['8.8.8.8', '127.0.0.1'].map((address) => ({ address, family: 4 })),
        ),
    });
    expect(end).toMatchObject({ reason: expect.stringContaining('resolves to this machine and to another') });
    expect(told[0]).toMatch(/^robots blocked/);
    expect(site.connections).toBe(0);
  });
});
