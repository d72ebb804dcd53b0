import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeOne } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';

describe('a service that redirects slashes', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({ redirectSlashes: true }, (app) => {
      app.get('/books', async () => []);
      app.post('/books', async () => ({}));
      app.get('/:name', async () => ({}));
      app.get('/books/:id', async () => ({}));
    });
  });
  afterAll(() => test.app.close());

  const ask = (target: string, method = 'GET') =>
    exchangeOne(test.port, `${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

  it.each([
    ['GET', '/books/', '/books'],
    ['POST', '/books/', '/books'],
    ['DELETE', '/books/', '/books'],
    ['GET', '/books///', '/books'],
    ['GET', '/books/7/', '/books/7'],
    ['GET', '/books/?limit=5&next=//evil.example/', '/books?limit=5&next=//evil.example/'],
    ['GET', '/books/a%2Fb/?', '/books/a%2Fb?'],
  ])('answers %s %s with 307 to %s', async (method, target, location) => {
    const answer = await ask(target, method);
    expect([answer.status, answer.headers.get('location'), answer.body]).toEqual([307, location, '']);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    '//evil.example/',
    '//evil.example//',
    '/\\evil.example/',
    '/%2F%2Fevil.example/x/',
    'http://evil.example/books/',
    '//',
    '/nowhere/x/',
    '/books/7/8/',
  ])('never sends anybody to another host, or to nothing: %s', async (target) => {
    const answer = await ask(target);
    expect([answer.status, answer.headers.get('location')]).toEqual([404, undefined]);
  });

  it('answers at once to as many slashes as fit into a request', async () => {
    expect((await ask(`/books${'/'.repeat(15_000)}x`)).status).toBe(404);
  });
});
