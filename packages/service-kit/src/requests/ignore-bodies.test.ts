import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { ignoreBodies } from './ignore-bodies.ts';

describe('a route that reads no body', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({}, (app) => {
      app.register(async (scope) => {
        ignoreBodies(scope);
        scope.post('/stop', async ({ body }) => ({ body: body ?? null }));
      });
      app.post('/start', async ({ body }) => ({ body: body ?? null }));
    });
  });
  afterAll(() => test.app.close());

  const post = (url: string, payload: string, headers = {}) =>
    test.app.inject({ method: 'POST', url, payload, headers });

  it.each([
    ['', {}],
    ['', { 'content-type': 'application/json' }],
    ['{ broken', { 'content-type': 'application/json' }],
    ['a=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['anything', { 'content-type': 'no type at all' }],
    ['anything', {}],
  ])('takes %j with %j', async (payload, headers) => {
    const answer = await post('/stop', payload, headers);
    expect([answer.statusCode, answer.json()]).toEqual([200, { body: null }]);
  });

  it('answers 413 to more than the limit, and goes on', async () => {
    expect((await post('/stop', 'x'.repeat(2 ** 20 + 1))).statusCode).toBe(413);
    expect((await post('/stop', 'x')).statusCode).toBe(200);
  });

  it('leaves the other routes as strict as they were', async () => {
    expect((await post('/start', 'x', { 'content-type': 'text/plain' })).statusCode).toBe(415);
    expect((await post('/start', '{}', { 'content-type': 'application/json' })).json()).toEqual({ body: {} });
  });
});
