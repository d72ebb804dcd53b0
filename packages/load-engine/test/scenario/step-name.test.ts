import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toStepName } from '../../src/scenario/step-name.ts';

describe('the name of a step', () => {
  it.each([
    ['/books/123', '/books/{id}'],
    ['/books/123/', '/books/{id}/'],
    ['/books/0/chapters/42', '/books/{id}/chapters/{id}'],
    ['/files/123.json', '/files/{id}.json'],
    ['/users/6f1e9d3c-8f0a-4c1b-9d2e-0123456789ab', '/users/{id}'],
    ['/users/6F1E9D3C-8F0A-4C1B-9D2E-0123456789AB/cart', '/users/{id}/cart'],
    ['/items/507f1f77bcf86cd799439011', '/items/{id}'],
    ['/blobs/d41d8cd98f00b204e9800998ecf8427e.png', '/blobs/{id}.png'],
    ['/events/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/events/{id}'],
    ['/search?q=a/123', '/search'],
    ['/books/7#top', '/books/{id}'],
    ['http://h.test:8080/books/12?full=1', 'http://h.test:8080/books/{id}'],
    ['https://ann:secret@h.test/123', 'https://h.test/{id}'],
    ['http://10.0.0.1/v1/1', 'http://10.0.0.1/v1/{id}'],
  ])('folds %s into %s', (path, name) => {
    expect(toStepName('GET', path, true)).toBe(`GET ${name}`);
  });

  it.each([
    '/',
    '/api/v1/books',
    '/2.0/books',
    '/books/top-10',
    '/users/me',
    '/a1b2c3',
    '/deadbeefdeadbeef',
    '/café/müsli',
    '/v1.2.3',
    '/books/123abc',
    '/cafe-1234',
    '/%20/x',
    '/books/-1',
    '/jquery-3.7.1.min.js',
    '',
    '/7f1e9d3c-8f0a',
    '/abcdefghijklmnopqrstuvwxyz',
    '/01ILOU3NDEKTSV4RRFFQ69G5FAV',
  ])('leaves %s as it is', (path) => {
    expect(toStepName('GET', path, true)).toBe(`GET ${path}`);
  });

  it('is the path without its query where folding is off', () => {
    expect(toStepName('PUT', '/books/123?x=1', false)).toBe('PUT /books/123');
    expect(toStepName('PUT', 'http://a:b@h/1', false)).toBe('PUT http://h/1');
  });

  it('leaves every static path as it is, and folds the ids put into it', () => {
    const word = fc.stringMatching(/^[a-z][a-z_-]{0,14}$/);
    const id = fc.oneof(
      fc.nat().map(String),
      fc.uuid(),
      fc.ulid(),
      fc.stringMatching(/^[0-9a-f]{15}[0-9]$/),
      fc.stringMatching(/^[0-9][0-9a-f]{23}$/),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            word.map((text) => [text, text]),
            id.map((text) => [text, '{id}']),
          ),
        ),
        (parts) => {
          const path = parts.map(([text]) => `/${text}`).join('');
          const folded = parts.map(([, text]) => `/${text}`).join('');
          expect(toStepName('GET', path, true)).toBe(`GET ${folded}`);
          expect(toStepName('GET', path, false)).toBe(`GET ${path}`);
          expect(toStepName('GET', folded, true)).toBe(`GET ${folded}`);
        },
      ),
    );
  });

  it('takes any text for a path, at once', () => {
    fc.assert(
      fc.property(fc.string(), (path) => {
        expect(toStepName('GET', path, true).startsWith('GET ')).toBe(true);
      }),
    );
    expect(toStepName('GET', `/${'a'.repeat(50_000)}!`, true).length).toBe(50_006);
  });
});
