import { describeOpenApiFacts } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

describeOpenApiFacts({
  service: () => service,
  title: 'Books API',
  version: '1.0.0',
  operations: [
    'delete /books/{book_id}',
    'get /authors/{author_id}/books',
    'get /books',
    'get /books/{book_id}',
    'post /auth/login',
    'post /authors',
    'post /books',
    'post /register',
    'put /books/{book_id}',
  ],
  schemas: [
    'Author',
    'AuthorCreate',
    'Book',
    'BookCreate',
    'BookUpdate',
    'Error',
    'LoginRequest',
    'RegisterRequest',
    'Token',
  ],
  logins: ['/auth/login'],
  pages: ['/docs'],
});

test('the OpenAPI document shows no more of errors and books than the service does', async () => {
  const { schemas } = (await service.get('/openapi.json')).json.components;
  expect(Object.keys(schemas.Error.properties)).toEqual(['error']);
  expect(Object.keys(schemas.Book.properties)).not.toContain('created_by_id');
});
