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

type Operation = { security?: unknown; responses: Record<string, unknown>; requestBody?: unknown };
const operations = () =>
  Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

describe('the OpenAPI document', () => {
  test('is 3.0.3, named and versioned as the service', () => {
    expect(document.openapi).toBe('3.0.3');
    expect(document.info).toMatchObject({ title: 'TrafficFlux Session Runner', version: '2.0.0' });
  });

  test('names the documented paths and methods, and no others', () => {
    expect(
      operations()
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual([
      'get /',
      'get /auth/me',
      'get /auth/my-sessions',
      'get /automation/config',
      'get /automation/status',
      'get /automation/status/{session_id}',
      'get /health',
      'post /auth/login',
      'post /auth/register',
      'post /automation/start',
      'post /automation/start-multi',
      'post /automation/stop',
      'post /automation/stop/{session_id}',
    ]);
  });

  test('asks for a bearer token where the service does', async () => {
    expect(document.components.securitySchemes.bearerAuth).toMatchObject({ type: 'http', scheme: 'bearer' });
    for (const { path, method, operation } of operations()) {
      const url = path.replace(/\{\w+\}/, '1');
      const isGuarded = (await service.ask({ method: method.toUpperCase() as 'GET', url })).status === 401;
      expect([method, path, operation.security !== undefined]).toEqual([
        method,
        path,
        isGuarded && path !== '/auth/login',
      ]);
    }
  });

  test('tells of 422 where a body or a query is read', () => {
    for (const { path, operation } of operations()) {
      const reads = operation.requestBody !== undefined || path === '/auth/my-sessions';
      expect([path, '422' in operation.responses]).toEqual([path, reads]);
    }
  });

  test('refers only to what it contains, and contains nothing else', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    const names = new Set(references.map(([, name = '']) => name));
    expect([...names].sort()).toEqual(Object.keys(document.components.schemas).sort());
  });
});

test.each(['/docs', '/redoc'])('%s shows it, from our own origin', async (path) => {
  const page = await service.get(path);
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  for (const [, file = ''] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
    expect([file, (await service.get(file)).status]).toEqual([file, 200]);
  }
  expect((await service.get(`${path}/json`)).json).toEqual(document);
});
