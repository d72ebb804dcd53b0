// What holds for the OpenAPI document of every service, and for the pages that show it.
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Asker, Request } from './asker.ts';

export interface OpenApiFactsOptions {
  readonly service: () => Asker;
  readonly title: string;
  readonly version: string;
  /** `get /books/{book_id}` and so on, sorted. */
  readonly operations: readonly string[];
  readonly schemas: readonly string[];
  /** Routes that answer 401 and need no token: logins. */
  readonly logins: readonly string[];
  /** Where the document is shown. */
  readonly pages: readonly string[];
}

export function describeOpenApiFacts(options: OpenApiFactsOptions): void {
  const { service, title, version, logins, pages } = options;
  let document: Document;
  beforeAll(async () => {
    document = (await service().get('/openapi.json')).json;
  });

  describe('the OpenAPI document', () => {
    test('is valid, named and versioned as documented', async () => {
      expect(await new Validator().validate({ ...document })).toEqual({ valid: true });
      expect(document).toMatchObject({ openapi: '3.0.3', info: { title, version } });
    });

    test('names the documented paths and methods, and no others', () => {
      const names = listOperations(document).map(({ method, path }) => `${method} ${path}`);
      expect(names.sort()).toEqual(options.operations);
    });

    test('names the documented schemas, and refers to each of them and to nothing else', () => {
      expect(Object.keys(document.components.schemas).sort()).toEqual(options.schemas);
      const text = JSON.stringify(document);
      const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
      expect([...new Set(names)].sort()).toEqual(options.schemas);
    });

    test('asks for a bearer token where the service does', async () => {
      const { bearerAuth } = document.components.securitySchemes;
      expect(bearerAuth).toMatchObject({ type: 'http', scheme: 'bearer' });
      for (const { path, method, operation } of listOperations(document)) {
        const url = path.replace(/\{\w+\}/, '1');
        const { status } = await service().ask({ method: method.toUpperCase() as Request['method'], url });
        const isGuarded = status === 401 && !logins.includes(path);
        expect([method, path, operation.security !== undefined]).toEqual([method, path, isGuarded]);
      }
    });
  });

  test.each(pages)('%s shows it, from our own origin', async (path) => {
    const page = await service().get(path);
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('swagger-ui');
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).not.toMatch(/^(?:https?:)?\/\//);
      expect([file, (await service().get(file)).status]).toEqual([file, 200]);
    }
    expect((await service().get(`${path}/json`)).json).toEqual(document);
  });
}

interface Document {
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly security?: unknown;
}

function listOperations({ paths }: Document) {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}
