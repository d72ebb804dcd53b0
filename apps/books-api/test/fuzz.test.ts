// No input gives a 5xx, and what is stored comes back.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

let service: Service;
let token: string;

beforeAll(async () => {
  service = await startService({ LOGIN_FAILURES_PER_ACCOUNT: '0', LOGIN_FAILURES_PER_ADDRESS: '0' });
  token = await service.signUp();
  await service.post('/authors', { id: 1, name: 'One' }, token);
});
afterAll(() => service.close());

const runs = { numRuns: 150 };
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('\u0000', '\ud800', "'; --", '%00'),
);
const anything = fc.oneof(fc.jsonValue(), text, fc.double(), fc.maxSafeInteger(), fc.constant(null));
const id = fc.oneof(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.maxSafeInteger(), fc.double(), anything);
const body = fc.oneof(
  anything,
  fc.record(
    {
      id,
      title: fc.oneof(text, anything),
      author_id: fc.oneof(fc.constant(1), id),
      isbn: fc.oneof(fc.constantFrom('0441478123', '978-0-441-47812-5', ''), anything),
      published_year: fc.oneof(fc.integer({ min: 900, max: 2100 }), anything),
      genres: fc.oneof(fc.array(text), anything),
      name: fc.oneof(text, anything),
      bio: anything,
      country: anything,
      username: fc.oneof(text, anything),
      password: fc.oneof(text, anything),
    },
    { requiredKeys: [] },
  ),
);

describe('no input gives a 5xx', () => {
  test.each([
    ['POST', '/books'],
    ['PUT', '/books/1'],
    ['POST', '/authors'],
    ['POST', '/register'],
    ['POST', '/auth/login'],
  ] as const)('as the body of %s %s', async (method, url) => {
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
        const answer = await service.ask({ method, url, headers, payload: JSON.stringify(value) ?? '' });
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400) expect(Object.keys(answer.json)).toEqual(['error']);
      }),
      runs,
    );
  });

  test('as bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array(),
        fc.constantFrom('application/json', 'text/plain', 'a/b;c', ''),
        async (bytes, type) => {
          const headers = { authorization: `Bearer ${token}`, 'content-type': type };
          const answer = await service.ask({
            method: 'POST',
            url: '/books',
            headers,
            payload: Buffer.from(bytes),
          });
          expect([400, 415]).toContain(answer.status);
        },
      ),
      runs,
    );
  });

  test('as a path, a query or a token', async () => {
    const path = fc.oneof(
      fc.webPath().map((part) => part || '/'),
      text.map((part) => `/books/${encodeURIComponent(part.toWellFormed())}`),
      fc.bigInt().map((number) => `/books/${number}`),
      fc.stringMatching(/^[!-~]{0,30}$/).map((part) => `/books/${part}`),
      text.map((part) => `/books?author_id=${encodeURIComponent(part.toWellFormed())}`),
      fc.webQueryParameters().map((query) => `/books?${query}`),
    );
    await fc.assert(
      fc.asyncProperty(path, fc.stringMatching(/^[ -~]{0,40}$/), async (url, authorization) => {
        const answer = await service.ask({ method: 'GET', url, headers: { authorization } });
        expect(answer.status).toBeLessThan(500);
        expect(
          (await service.ask({ method: 'DELETE', url: '/books/1', headers: { authorization } })).status,
        ).toBe(401);
      }),
      runs,
    );
  });
});

test('what is stored comes back, code point for code point', async () => {
  const title = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 60 })
    .filter((value) => value.isWellFormed() && !value.includes('\u0000') && value.trim() !== '');
  let nextId = 1_000_000;
  await fc.assert(
    fc.asyncProperty(title, fc.uniqueArray(title, { maxLength: 5 }), async (name, genres) => {
      const bookId = nextId++;
      const created = await service.post('/books', { id: bookId, title: name, author_id: 1, genres }, token);
      expect(created.status).toBe(201);
      const stored = (await service.get(`/books/${bookId}`)).json;
      expect(stored.title).toBe(name.trim());
      expect(stored.genres).toEqual([...new Set(genres.map((genre) => genre.trim()))]);
      // Other tests of this file may have left books with any id.
      const listed = (await service.get('/books')).json.find((book: { id: number }) => book.id === bookId);
      expect(listed).toEqual({ ...stored, status: undefined });
      await service.remove(`/books/${bookId}`, token);
    }),
    { numRuns: 60 },
  );
});
