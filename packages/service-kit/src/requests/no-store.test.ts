import { expect, it } from 'vitest';
import { startTestApp } from '../../test/test-app.ts';
import { AppError } from '../errors/app-error.ts';
import { noStore } from './no-store.ts';

it('S38 answers with Cache-Control: no-store, errors too, and names the charset of text', async () => {
  const { app } = await startTestApp({}, (routes) => {
    routes.get('/me', { onRequest: noStore }, async () => 'text');
    routes.get('/fail', { onRequest: noStore }, async () =>
      Promise.reject(new AppError('unauthorized', 'No.')),
    );
  });
  const good = await app.inject('/me');
  expect(good.headers).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'text/plain; charset=utf-8',
  });
  const bad = await app.inject('/fail');
  expect([bad.statusCode, bad.headers['cache-control']]).toEqual([401, 'no-store']);
  await app.close();
});
