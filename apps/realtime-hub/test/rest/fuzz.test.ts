// No input gives a 5xx, and every error has the one shape.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hub, type Login, startHub } from '../service.ts';

let hub: Hub;
let login: Login;
beforeAll(async () => {
  hub = await startHub({ LOGIN_FAILURES_PER_ACCOUNT: '0', LOGIN_FAILURES_PER_ADDRESS: '0' });
  login = await hub.signUp('ada');
});
afterAll(() => hub.close());

const runs = { numRuns: 150 };
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '\u0000',
    '\ud800',
    "'; --",
    '%00',
    ' ',
    '\u2028',
    '__proto__',
    'a.b.c',
    '9007199254740993',
  ),
);
const anything = fc.oneof(fc.jsonValue(), text, fc.double(), fc.maxSafeInteger(), fc.constant(null));
const body = fc.oneof(
  anything,
  fc.record(
    { username: fc.oneof(text, anything), password: fc.oneof(text, anything), refresh_token: anything },
    { requiredKeys: [] },
  ),
);

function expectAnswer({ status, json }: { status: number; json: { error?: object } }): void {
  expect(status).toBeLessThan(500);
  if (status < 400) return;
  expect(json).toEqual({
    error: {
      code: expect.stringMatching(/^[A-Z_]+$/),
      message: expect.any(String),
      details: expect.any(Object),
    },
  });
}

describe('no input gives a 5xx', () => {
  test.each(['/sessions', '/sessions/refresh'])('as the body of POST %s', async (url) => {
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        const payload = JSON.stringify(value) ?? '';
        const headers = { 'content-type': 'application/json' };
        expectAnswer(await hub.ask({ method: 'POST', url, headers, payload }));
      }),
      runs,
    );
  });

  test('as bytes of any type', async () => {
    const types = fc.constantFrom('application/json', 'text/plain', 'a/b;c', '', 'nonsense');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), types, async (bytes, type) => {
        const payload = Buffer.from(bytes);
        for (const url of ['/sessions', '/sessions/refresh']) {
          const answer = await hub.ask({ method: 'POST', url, headers: { 'content-type': type }, payload });
          expect([400, 415]).toContain(answer.status);
          expectAnswer(answer);
        }
      }),
      runs,
    );
  });

  test('as a path, a query, a header or a token', async () => {
    const path = fc.oneof(
      fc.webPath().map((part) => part || '/'),
      text.map((part) => `/sessions/${encodeURIComponent(part.toWellFormed())}`),
      fc.stringMatching(/^[!-~]{0,30}$/).map((part) => `/sessions/${part}`),
      fc.stringMatching(/^[!-~]{0,30}$/).map((part) => `/metrics?format=${part}`),
      fc.webQueryParameters().map((query) => `/metrics?${query}`),
      fc.webQueryParameters().map((query) => `/ws?${query}`),
    );
    const header = fc.stringMatching(/^[ -~]{0,40}$/);
    await fc.assert(
      fc.asyncProperty(path, header, async (url, value) => {
        const headers = { authorization: value, accept: value, 'sec-websocket-protocol': value };
        const authorization = `Bearer ${login.access_token}`;
        for (const each of [headers, { ...headers, authorization }]) {
          expect((await hub.get(url, each)).status).toBeLessThan(500);
          const answer = await hub.ask({ method: 'DELETE', url, headers: each });
          if (answer.text !== '') expectAnswer(answer);
        }
      }),
      runs,
    );
    // Nothing of it was the id of the session.
    expect((await hub.post('/sessions/refresh', { refresh_token: login.refresh_token })).status).toBe(200);
  });
});
