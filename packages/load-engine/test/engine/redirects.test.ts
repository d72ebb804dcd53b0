// What executeRequest does with 301, 302, 303, 307 and 308: HTTP-redirect fetch of the fetch standard.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followRedirect, type Hop } from '../../src/engine/follow-redirect.ts';
import { type CountingServer, startCountingServer } from '../counting-server.ts';
import { createEngine } from './engine.ts';

/** Answers `/from` with a redirect, and everything else with 200. */
function startRedirecting(status: number, location: () => string): Promise<CountingServer> {
  return startCountingServer((request, response) => {
    if (request.url !== '/from') response.end(`at ${request.url}`);
    else response.writeHead(status, { Location: location() }).end('moved');
  });
}

const HEADERS = {
  Authorization: 'Bearer T',
  Cookie: 'a=1',
  'Content-Type': 'text/plain',
  'X-Mine': 'kept',
};

describe('redirects', () => {
  it.each([
    [301, 'GET', 'GET', false],
    [302, 'GET', 'GET', false],
    [303, 'GET', 'GET', false],
    [307, 'GET', 'GET', false],
    [308, 'GET', 'GET', false],
    [301, 'POST', 'GET', false],
    [302, 'POST', 'GET', false],
    [303, 'POST', 'GET', false],
    [307, 'POST', 'POST', true],
    [308, 'POST', 'POST', true],
    [301, 'PUT', 'PUT', true],
    [302, 'PUT', 'PUT', true],
    [303, 'PUT', 'GET', false],
    [303, 'DELETE', 'GET', false],
    [303, 'HEAD', 'HEAD', false],
  ])('%i answers %s: %s goes on (with its body: %s)', async (status, method, then, keepsBody) => {
    const server = await startRedirecting(status, () => '/to?x=1');
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const result = await createEngine().executeRequest(`${server.url}/from`, {
      method,
      headers: HEADERS,
      body: hasBody ? 'payload' : '',
    });
    expect(result).toMatchObject({
      statusCode: 200,
      success: true,
      body: then === 'HEAD' ? '' : 'at /to?x=1',
    });
    expect([...server.counts]).toEqual([
      [`${method} /from`, 1],
      [`${then} /to?x=1`, 1],
    ]);
    expect(server.bodies).toEqual([...(hasBody ? ['payload'] : []), ...(keepsBody ? ['payload'] : [])]);
    expect(server.headers[1]?.['content-type']).toBe(method === then ? 'text/plain' : undefined);
    expect(server.headers[1]).toMatchObject({ authorization: 'Bearer T', cookie: 'a=1', 'x-mine': 'kept' });
  });

  it('F14 keeps credentials from another origin, and for the same one', async () => {
    const other = await startCountingServer();
    const server = await startRedirecting(302, () => `${other.url}/u`);
    const engine = createEngine();
    await engine.executeRequest(`${server.url}/from`, { headers: { ...HEADERS, Host: 'a.test' } });
    expect(other.headers[0]).toMatchObject({ 'x-mine': 'kept', host: other.url.slice('http://'.length) });
    expect(other.headers[0]).not.toHaveProperty('authorization');
    expect(other.headers[0]).not.toHaveProperty('cookie');

    const same = await startCountingServer((request, response) => {
      if (request.url === '/u') response.writeHead(301, { Location: '/u/' }).end();
      else response.end();
    });
    await engine.executeRequest(`${same.url}/u`, { headers: HEADERS });
    expect(same.headers[1]).toMatchObject({ authorization: 'Bearer T', cookie: 'a=1' });
  });

  it('does not give back credentials that it had dropped on the way', async () => {
    const first: CountingServer = await startCountingServer((request, response) => {
      if (request.url === '/from') response.writeHead(302, { Location: `${second.url}/over` }).end();
      else response.end('back');
    });
    const second = await startCountingServer((_, response) => {
      response.writeHead(302, { Location: `${first.url}/back` }).end();
    });
    const result = await createEngine().executeRequest(`${first.url}/from`, { headers: HEADERS });
    expect(result.body).toBe('back');
    expect(first.headers[1]).not.toHaveProperty('authorization');
    expect(first.headers[1]).not.toHaveProperty('cookie');
  });

  it('keeps the name and password of its URL on the same origin, and from another', async () => {
    const other = await startCountingServer();
    const server = await startCountingServer((request, response) => {
      const places: Record<string, string> = { '/from': '/to', '/away': `${other.url}/` };
      const location = places[request.url ?? ''];
      if (location === undefined) response.end();
      else response.writeHead(307, { Location: location }).end();
    });
    const engine = createEngine();
    const withName = server.url.replace('http://', 'http://ann:secret@');
    await engine.executeRequest(`${withName}/from`);
    expect(server.headers.map(({ authorization }) => authorization)).toEqual([
      'Basic YW5uOnNlY3JldA==',
      'Basic YW5uOnNlY3JldA==',
    ]);
    await engine.executeRequest(`${withName}/away`);
    expect(other.headers[0]).not.toHaveProperty('authorization');
  });

  it('follows five, and fails at the sixth', async () => {
    const server = await startCountingServer((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('there');
      else response.writeHead(302, { Location: `/${left - 1}` }).end();
    });
    const engine = createEngine();
    expect(await engine.executeRequest(`${server.url}/5`)).toMatchObject({ statusCode: 200, body: 'there' });
    expect(await engine.executeRequest(`${server.url}/6`)).toMatchObject({
      statusCode: 0,
      success: false,
      errorMessage: 'The request was redirected more than 5 times.',
    });
    expect(engine.getMetrics()).toMatchObject({ totalRequests: 2, failedRequests: 1 });
  });

  it('has one time limit for the whole way', async () => {
    const server = await startCountingServer((request, response) => {
      if (request.url !== '/3')
        response.writeHead(302, { Location: `/${Number(request.url?.slice(1)) + 1}` }).end();
    });
    const result = await createEngine().executeRequest(`${server.url}/0`, { timeoutMs: 1500 });
    expect(result).toMatchObject({ success: false, statusCode: 0 });
    expect(result.errorMessage).toContain('within 1500 ms');
    expect(server.total()).toBe(4);
  });

  it.each([
    ['javascript:alert(1)', 'The redirect leads to javascript:, which is not followed.'],
    ['ftp://files.test/', 'The redirect leads to ftp:, which is not followed.'],
    ['http://', 'The redirect leads to no valid URL.'],
  ])('does not follow %s', async (location, errorMessage) => {
    const server = await startRedirecting(302, () => location);
    expect(await createEngine().executeRequest(`${server.url}/from`)).toMatchObject({
      success: false,
      statusCode: 0,
      errorMessage,
    });
  });

  it('returns a redirect without a place, and other answers with one, as they are', async () => {
    const server = await startCountingServer((request, response) => {
      if (request.url === '/none') response.writeHead(302).end('stay');
      else response.writeHead(201, { Location: '/made' }).end('made');
    });
    const engine = createEngine();
    expect(await engine.executeRequest(`${server.url}/none`)).toMatchObject({
      statusCode: 302,
      body: 'stay',
      success: true,
    });
    expect(await engine.executeRequest(`${server.url}/other`)).toMatchObject({
      statusCode: 201,
      body: 'made',
    });
    expect(server.total()).toBe(2);
  });

  it('reads a place in UTF-8', async () => {
    const server = await startCountingServer((request, response) => {
      if (request.url !== '/from') response.end();
      else response.writeHead(302, { Location: Buffer.from('/é').toString('latin1') }).end();
    });
    await createEngine().executeRequest(`${server.url}/from`);
    expect([...server.counts.keys()]).toEqual(['GET /from', 'GET /%C3%A9']);
  });

  it('never takes a secret to another origin, whatever place a server names', () => {
    const first: Hop = {
      url: new URL('https://a.test/u'),
      method: 'GET',
      headers: Object.entries(HEADERS),
      body: '',
    };
    const places = fc.oneof(
      fc.webUrl(),
      fc.constantFrom(
        '//a.test/',
        'http://a.test/u',
        'https://a.test:444/',
        'https://A.TEST/x',
        '/y',
        '?z',
        '\\\\b.test\\x',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(places, fc.constantFrom(301, 302, 303, 307, 308), (location, status) => {
        let next: Hop | null = null;
        try {
          next = followRedirect(first, status, location);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        const names = next?.headers.map(([name]) => name) ?? [];
        expect(names.includes('Authorization')).toBe(next?.url.origin === 'https://a.test');
        expect(names.includes('Cookie')).toBe(next?.url.origin === 'https://a.test');
      }),
    );
  });
});
