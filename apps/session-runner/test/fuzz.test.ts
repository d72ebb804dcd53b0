// No input gives a 5xx, and every error has the one shape.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

let service: Service;
let token: string;

beforeAll(async () => {
  service = await startService({
    LOGIN_FAILURES_PER_ACCOUNT: '0',
    LOGIN_FAILURES_PER_ADDRESS: '0',
    REGISTRATIONS_PER_MINUTE: '0',
    MAX_ACTIVE_SESSIONS_PER_USER: '0',
  });
  token = await service.signUp('ada');
});
afterAll(() => service.close());

const runs = { numRuns: 150 };
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('\u0000', '\ud800', "'; --", '%00', ' ', '\u2028'),
);
const anything = fc.oneof(fc.jsonValue(), text, fc.double(), fc.maxSafeInteger(), fc.constant(null));
const target = fc.oneof(fc.webUrl(), fc.domain(), fc.ipV4(), fc.ipV6(), anything);
const body = fc.oneof(
  anything,
  fc.record(
    {
      username: fc.oneof(text, anything),
      email: fc.oneof(fc.emailAddress(), anything),
      password: fc.oneof(text, anything),
      full_name: anything,
      search_keyword: fc.oneof(text, anything),
      target_domain: target,
      thread_count: fc.oneof(
        fc.integer({ min: -1, max: 5 }),
        fc.constantFrom('3', ' 4', '1e2', '٣'),
        anything,
      ),
    },
    { requiredKeys: [] },
  ),
);

function expectAnswer({ status, json }: { status: number; json: { detail?: unknown } }): void {
  expect(status).toBeLessThan(500);
  if (status < 400) return;
  expect(Object.keys(json)).toEqual(['detail']);
  expect(json.detail).toBeTypeOf(status === 422 ? 'object' : 'string');
  for (const item of status === 422 ? (json.detail as object[]) : []) {
    expect(item).toEqual({
      type: expect.any(String),
      loc: expect.any(Array),
      msg: expect.any(String),
      ...('input' in item && { input: item.input }),
    });
  }
}

describe('no input gives a 5xx', () => {
  test.each(['/auth/register', '/auth/login', '/automation/start', '/automation/start-multi'])(
    'as the body of POST %s',
    async (url) => {
      await fc.assert(
        fc.asyncProperty(body, async (value) => {
          const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
          const payload = JSON.stringify(value) ?? '';
          expectAnswer(await service.ask({ method: 'POST', url, headers, payload }));
        }),
        runs,
      );
    },
  );

  test('as bytes of any type', async () => {
    const types = fc.constantFrom('application/json', 'text/plain', 'a/b;c', '', 'nonsense');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), types, async (bytes, type) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': type };
        const payload = Buffer.from(bytes);
        const answer = await service.ask({ method: 'POST', url: '/automation/start', headers, payload });
        expect(answer.status).toBe(422);
        expectAnswer(answer);
        const stop = await service.ask({ method: 'POST', url: '/automation/stop', headers, payload });
        expect(stop.status).toBe(200);
      }),
      runs,
    );
  });

  test('as a path, a query or a token', async () => {
    const path = fc.oneof(
      fc.webPath().map((part) => part || '/'),
      text.map((part) => `/automation/status/${encodeURIComponent(part.toWellFormed())}`),
      fc.stringMatching(/^[!-~]{0,30}$/).map((part) => `/automation/status/${part}`),
      text.map((part) => `/auth/my-sessions?limit=${encodeURIComponent(part.toWellFormed())}`),
      fc.webQueryParameters().map((query) => `/auth/my-sessions?${query}`),
    );
    await fc.assert(
      fc.asyncProperty(path, fc.stringMatching(/^[ -~]{0,40}$/), async (url, authorization) => {
        for (const headers of [{ authorization }, { authorization: `Bearer ${token}` }]) {
          const { status } = await service.get(url, headers);
          expect(status).toBeLessThan(500);
        }
        const stop = await service.ask({
          method: 'POST',
          url: '/automation/stop/x',
          headers: { authorization },
        });
        expect(stop.status).toBe(401);
      }),
      runs,
    );
  });
});
