import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startTestApp } from '../../test/test-app.ts';
import { AppError, type ErrorKind } from './app-error.ts';
import type { ErrorFormat } from './error-format.ts';
import { toKind, toStatus } from './status.ts';

const SECRET_DETAIL = 'relation "users" at /srv/app/node_modules/pg v8.23.1';

/** The four envelopes of our services (H5). */
const FORMATS: Record<string, ErrorFormat> = {
  books: { serialize: (error) => ({ error: error.message }) },
  campaigns: { serialize: (error) => ({ success: false, error: error.message, message: error.message }) },
  runner: { serialize: (error) => ({ detail: error.message }) },
  hub: {
    serialize: (error) => ({
      error: { code: error.code, message: error.message, details: error.details ?? {} },
    }),
  },
};

describe('errors', () => {
  const ask = async (format: ErrorFormat, thrown: () => unknown) => {
    const { app } = await startTestApp({ errors: format }, (routes) => {
      routes.get('/', async () => {
        throw thrown();
      });
    });
    const answer = await app.inject('/');
    await app.close();
    return answer;
  };
  const books = FORMATS.books as ErrorFormat;

  it.each(Object.entries(FORMATS))(
    'have the one envelope of the service %s for every status',
    async (_, format) => {
      const { app } = await startTestApp({ errors: format }, (routes) => {
        routes.post('/', async () => Promise.reject(new Error('boom')));
      });
      const headers = { 'content-type': 'application/json' };
      const requests = {
        404: { url: '/nowhere' },
        405: { method: 'PUT', url: '/' },
        400: { method: 'POST', url: '/', headers, payload: '{' },
        413: { method: 'POST', url: '/', headers, payload: 'x'.repeat(1_048_577) },
        415: { method: 'POST', url: '/', headers: { 'content-type': 'text/xml' }, payload: '<x/>' },
        500: { method: 'POST', url: '/', headers, payload: '{}' },
      } as const;
      const shape = Object.keys(format.serialize(new AppError('internal', '')) as object);
      for (const [status, request] of Object.entries(requests)) {
        const answer = await app.inject(request);
        expect(String(answer.statusCode)).toBe(status);
        expect(Object.keys(answer.json())).toEqual(shape);
        expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      }
      await app.close();
    },
  );

  it('carry sentence, status, headers, Retry-After and details of an AppError', async () => {
    const error = new AppError('rate-limited', 'Slow down.', {
      code: 'SLOW',
      retryAfterSeconds: 1.2,
      headers: { 'x-limit': '10' },
      details: { field: 'a' },
    });
    const answer = await ask(FORMATS.hub as ErrorFormat, () => error);
    expect(answer.statusCode).toBe(429);
    expect(answer.headers).toMatchObject({ 'retry-after': '2', 'x-limit': '10' });
    expect(answer.json()).toEqual({
      error: { code: 'SLOW', message: 'Slow down.', details: { field: 'a' } },
    });
  });

  it.each([
    ['an Error', () => new Error(SECRET_DETAIL)],
    [
      'an error of a database',
      () => Object.assign(new Error(SECRET_DETAIL), { code: '42P01', detail: SECRET_DETAIL }),
    ],
    ['an error with a status of 500', () => Object.assign(new Error(SECRET_DETAIL), { statusCode: 500 })],
    [
      'an error with an impossible status',
      () => Object.assign(new Error(SECRET_DETAIL), { statusCode: 200 }),
    ],
    ['a string', () => SECRET_DETAIL],
    ['undefined', () => undefined],
    [
      'an internal AppError',
      () => new AppError('internal', 'Internal server error', { cause: new Error(SECRET_DETAIL) }),
    ],
  ])('S36 answer 500 without stack, SQL, path or version to %s', async (_, thrown) => {
    const answer = await ask(books, thrown);
    expect([answer.statusCode, answer.json()]).toEqual([500, { error: 'Internal server error' }]);
    expect(JSON.stringify(answer.headers)).not.toMatch(/fastify|node|express/i);
  });

  it('keep the status of a plugin and not its words', async () => {
    const answer = await ask(books, () => Object.assign(new Error(SECRET_DETAIL), { statusCode: 429 }));
    expect([answer.statusCode, answer.json()]).toEqual([429, { error: 'rate limited' }]);
  });

  it('can be translated by a service, kit errors too', async () => {
    const translate = (error: AppError) =>
      error.code === 'NOT_FOUND' ? new AppError('bad-request', 'No.', { code: 'OURS' }) : error;
    const { app } = await startTestApp({ errors: { ...books, translate } });
    expect((await app.inject('/nowhere')).statusCode).toBe(400);
    await app.close();
  });

  it('name the path where nothing is, if the service wants that, and not its query', async () => {
    const describeMissing = (path: string) => `Nothing at ${path}`;
    const { app } = await startTestApp({ errors: { ...books, describeMissing } });
    const answer = await app.inject('/nowhere?token=secret');
    expect([answer.statusCode, answer.json()]).toEqual([404, { error: 'Nothing at /nowhere' }]);
    await app.close();
  });

  it('have a code by their kind, unless they bring one', () => {
    expect(new AppError('not-found', 'x').code).toBe('NOT_FOUND');
    expect(new AppError('not-found', 'x', { code: 'BOOK' }).code).toBe('BOOK');
  });

  it('map every status from 400 to 599 to a kind, and every kind back to one of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), (status) => {
        const kind: ErrorKind = toKind(status);
        expect(Math.floor(toStatus(kind) / 100)).toBe(status < 500 ? 4 : 5);
      }),
    );
  });
});
