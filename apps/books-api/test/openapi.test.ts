import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

let service: Service;
// biome-ignore lint/suspicious/noExplicitAny: the document is data
let document: any;

beforeAll(async () => {
  service = await startService();
  document = (await service.get('/openapi.json')).json;
});
afterAll(() => service.close());

describe('the OpenAPI document', () => {
  test('is 3.0.3, named and versioned as documented', () => {
    expect(document.openapi).toBe('3.0.3');
    expect(document.info).toMatchObject({ title: 'Books API', version: '1.0.0' });
  });

  test('names the documented paths and methods, and no others', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`),
    );
    expect(operations.sort()).toEqual([
      'delete /books/{book_id}',
      'get /authors/{author_id}/books',
      'get /books',
      'get /books/{book_id}',
      'post /auth/login',
      'post /authors',
      'post /books',
      'post /register',
      'put /books/{book_id}',
    ]);
  });

  test('names the documented schemas', () => {
    expect(Object.keys(document.components.schemas).sort()).toEqual([
      'Author',
      'AuthorCreate',
      'Book',
      'BookCreate',
      'BookUpdate',
      'Error',
      'LoginRequest',
      'RegisterRequest',
      'Token',
    ]);
    expect(Object.keys(document.components.schemas.Error.properties)).toEqual(['error']);
    expect(Object.keys(document.components.schemas.Book.properties)).not.toContain('created_by_id');
  });

  test('asks for a bearer token where the service does', async () => {
    expect(document.components.securitySchemes.bearerAuth).toMatchObject({ type: 'http', scheme: 'bearer' });
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods as Record<string, { security?: unknown }>)) {
        const url = path.replace(/\{\w+\}/, '1');
        const isGuarded = (await service.ask({ method: method.toUpperCase() as 'GET', url })).status === 401;
        expect([method, path, operation.security !== undefined]).toEqual([method, path, isGuarded]);
      }
    }
  });

  test('refers only to what it contains', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name);
  });
});

describe('/docs', () => {
  test('is Swagger UI from our own origin', async () => {
    const page = await service.get('/docs');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain('swagger-ui');
    expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    for (const [, path] of page.text.matchAll(/(?:src|href)="(\.?\/?[^"]+)"/g)) {
      const url = new URL(path ?? '', 'http://x/docs').pathname;
      expect([url, (await service.get(url)).status]).toEqual([url, 200]);
    }
  });
});
