import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../test/test-app.ts';
import { AppError, type ValidationFailure } from '../index.ts';

describe('validation', () => {
  let test: TestApp;
  beforeAll(async () => {
    const errors = {
      serialize: (error: AppError) => ({ error: error.message, code: error.code }),
      translate: (error: AppError) => {
        const failure = error.details as ValidationFailure | undefined;
        if (failure?.part !== 'body') return error;
        return new AppError('unprocessable', `${failure.part} ${failure.errors[0]?.instancePath}`, {
          code: 'BODY',
        });
      },
    };
    test = await startTestApp({ errors }, (app) => {
      const querystring = Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) });
      app.get('/list', { schema: { querystring } }, async (request) => request.query);
      app.post(
        '/things',
        { schema: { body: Type.Object({ name: Type.String() }) } },
        async (request) => request.body,
      );
    });
  });
  afterAll(() => test.app.close());

  it('converts what came as text, and says what is wrong with it', async () => {
    expect((await test.app.inject('/list?limit=7')).json()).toEqual({ limit: 7 });
    const answer = await test.app.inject('/list?limit=101');
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      { error: "'limit' must be <= 100.", code: 'VALIDATION_FAILED' },
    ]);
  });

  it.each(['limit=1&limit=2', 'limit[]=1', 'limit=', 'limit=1e400', 'limit=%00'])(
    'S25 gives %s a defined answer',
    async (query) => {
      const { statusCode } = await test.app.inject(`/list?${query}`);
      // A key that is not the documented one (`limit[]`) is unknown, and unknown keys are ignored.
      expect(statusCode).toBe(query.startsWith('limit[]') ? 200 : 400);
    },
  );

  it('lets a service choose another status and sentence for a wrong body', async () => {
    const answer = await test.app.inject({ method: 'POST', url: '/things', payload: { name: 1 } });
    expect([answer.statusCode, answer.json()]).toEqual([422, { error: 'body /name', code: 'BODY' }]);
  });

  it('S22 leaves unknown fields of a body to the service', async () => {
    const payload = { name: 'x', role: 'admin' };
    expect((await test.app.inject({ method: 'POST', url: '/things', payload })).json()).toEqual(payload);
  });
});
