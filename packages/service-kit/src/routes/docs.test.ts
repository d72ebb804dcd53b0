import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../test/test-app.ts';

describe('the API documentation', () => {
  let test: TestApp;
  beforeAll(async () => {
    const document = { openapi: '3.0.3', info: { title: 'Books API', version: '1.0.0' } };
    test = await startTestApp({ docs: { document } }, (app) => {
      const params = Type.Object({ book_id: Type.Integer() });
      app.get('/books/:book_id', { schema: { params, summary: 'One book' } }, async () => ({}));
    });
  });
  afterAll(() => test.app.close());

  const get = (path: string) => fetch(`http://127.0.0.1:${test.port}${path}`);

  it('is an OpenAPI 3.0.3 document of the routes of the service alone', async () => {
    const document = (await (await get('/openapi.json')).json()) as Record<string, unknown>;
    expect(document).toMatchObject({ openapi: '3.0.3', info: { title: 'Books API', version: '1.0.0' } });
    expect(Object.keys(document.paths as object)).toEqual(['/books/{book_id}']);
  });

  it('shows in Swagger UI, whose every file comes from our origin', async () => {
    const page = await get('/docs');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).not.toMatch(/^(https?:)?\/\//);
      expect((await get(new URL(file, 'http://x/docs').pathname)).status).toBe(200);
    }
  });

  it('reads the same document, and asks nobody to validate it', async () => {
    const script = await (await get('/docs/static/swagger-initializer.js')).text();
    expect(script).toContain("url: resolveUrl('./json')");
    expect(script).toContain('"validatorUrl":null');
    expect(await (await get('/docs/json')).text()).toBe(await (await get('/openapi.json')).text());
  });

  it('has a content security policy that lets nothing else in', async () => {
    const policy = (await get('/docs')).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/https?:|upgrade-insecure/);
  });

  it('answers 404 for a file that is not there, and 304 to whoever has the one that is', async () => {
    expect((await get('/docs/static/nothing.js')).status).toBe(404);
    const url = `http://127.0.0.1:${test.port}/docs/static/swagger-ui.css`;
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('leaves the policy of the API alone', async () => {
    expect((await get('/books/1')).headers.get('content-security-policy')).toBe(
      "default-src 'none'; frame-ancestors 'none'",
    );
  });

  it('answers at every path that the service names, each with the document beside it', async () => {
    const document = { openapi: '3.0.3', info: { title: 'Twice', version: '1.0.0' } };
    const { app } = await startTestApp({ docs: { document, uiPaths: ['/docs', '/redoc'] } });
    for (const path of ['/docs', '/redoc']) {
      expect((await app.inject(path)).statusCode).toBe(200);
      expect((await app.inject(`${path}/json`)).json()).toMatchObject({ info: { title: 'Twice' } });
      expect((await app.inject(`${path}/static/swagger-ui.css`)).statusCode).toBe(200);
    }
    await app.close();
  });
});
