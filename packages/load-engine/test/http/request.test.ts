// What we send: every byte of it, and what we refuse to send.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTarget, type RequestOptions, renderRequest } from '../../src/http/index.ts';

const target = createTarget('http://example.test/');

function rendered(options: Omit<RequestOptions, 'target'> = {}, url = 'http://example.test/'): string {
  return renderRequest({ ...options, target: createTarget(url) }).bytes.toString('utf8');
}

test('sends no more than a request line and a Host', () => {
  expect(rendered()).toBe('GET / HTTP/1.1\r\nHost: example.test\r\n\r\n');
});

test.each([
  ['http://example.test', 'example.test'],
  ['http://example.test:80/', 'example.test'],
  ['https://example.test:443/', 'example.test'],
  ['https://example.test:80/', 'example.test:80'],
  ['http://[::1]:8080/', '[::1]:8080'],
  ['http://BÜCHER.example/', 'xn--bcher-kva.example'],
])('names the host of %s as %s', (url, host) => {
  expect(rendered({}, url)).toContain(`\r\nHost: ${host}\r\n`);
});

test.each([
  ['http://h.test', '/'],
  ['http://h.test?a=1', '/?a=1'],
  ['http://h.test/a b?c=d e#f', '/a%20b?c=d%20e'],
  ['http://h.test/ä?ö=%FF', '/%C3%A4?%C3%B6=%FF'],
])('takes the path of %s as %s', (url, path) => {
  expect(rendered({}, url).split(' ')[1]).toBe(path);
});

test.each([
  ['', '/'],
  ['?a=1', '/?a=1'],
  ['/books/1#top', '/books/1'],
  ['/a b', '/a%20b'],
  ['/a%2Fb%', '/a%2Fb%'],
  ['/é€😀?q="<x>"', '/%C3%A9%E2%82%AC%F0%9F%98%80?q=%22%3Cx%3E%22'],
  ['/../a/./b', '/../a/./b'],
  ['/lone\ud800', '/lone%EF%BF%BD'],
])('sends the path %j as %s', (path, sent) => {
  expect(rendered({ path }).split(' ')[1]).toBe(sent);
});

test('sends a name and a password in the URL as Basic authorization, unless a header says otherwise', () => {
  const url = 'http://us%3Aer:p%C3%A4ss@h.test/';
  expect(rendered({}, url)).toContain(
    `\r\nAuthorization: Basic ${Buffer.from('us:er:päss').toString('base64')}\r\n`,
  );
  expect(rendered({}, url)).toContain('\r\nHost: h.test\r\n');
  expect(rendered({ headers: { authorization: 'Bearer T' } }, url)).toContain('authorization: Bearer T\r\n');
  expect(rendered({ headers: { authorization: 'Bearer T' } }, url)).not.toContain('Basic');
});

test.each(['POST', 'PUT', 'PATCH'])('announces the empty body of a %s', (method) => {
  expect(rendered({ method })).toBe(
    `${method} / HTTP/1.1\r\nHost: example.test\r\nContent-Length: 0\r\n\r\n`,
  );
});

test('announces no body where there is none to expect', () => {
  expect(rendered({ method: 'DELETE' })).not.toContain('Content-Length');
});

test('sends a body with any method, as bytes or as UTF-8 text', () => {
  expect(rendered({ method: 'DELETE', body: 'é' })).toMatch(/Content-Length: 2\r\n\r\né$/);
  const bytes = Uint8Array.of(0xa4, 0x26, 0x00, 0xff);
  const request = renderRequest({ target, method: 'POST', body: bytes });
  expect(request.bytes.subarray(request.bodyAt)).toEqual(Buffer.from(bytes));
});

test('sends headers in their order and spelling, repeated ones too, and a Host of ours only if none is given', () => {
  const headers = { Accept: '*/*', 'x-MULTI': ['a', 'b'], host: 'other.test' };
  expect(rendered({ headers })).toBe(
    'GET / HTTP/1.1\r\nAccept: */*\r\nx-MULTI: a\r\nx-MULTI: b\r\nhost: other.test\r\n\r\n',
  );
  expect(
    rendered({
      headers: [
        ['A', '1'],
        ['a', '2'],
      ],
    }),
  ).toContain('A: 1\r\na: 2\r\n');
});

test('drops Expect where no body follows', () => {
  expect(rendered({ headers: { Expect: '100-continue' } })).not.toContain('Expect');
});

test.each([
  ['a line break in the path', { path: '/a\r\nX: y' }],
  ['a tab in the path', { path: '/a\tb' }],
  ['a path that is none', { path: 'books' }],
  ['an absolute URL as path', { path: 'http://other.test/' }],
  ['a line break in a header value', { headers: { A: 'b\r\nX: y' } }],
  ['a bare line feed in a header value', { headers: { A: 'b\nX: y' } }],
  ['a NUL in a header value', { headers: { A: 'b\0' } }],
  ['a line break in a header name', { headers: { 'A\r\nX': 'y' } }],
  ['a colon in a header name', { headers: { ':path': '/' } }],
  ['an empty header name', { headers: { '': 'y' } }],
  ['a blank in the method', { method: 'GET /x HTTP/1.1\r\nX:' }],
  ['an empty method', { method: '' }],
  ['CONNECT', { method: 'CONNECT' }],
  ['two hosts', { headers: { Host: 'a.test', host: 'b.test' } }],
  ['a header value that is no text', { headers: { A: 1 as unknown as string } }],
])('refuses %s with a TypeError', (_what, options) => {
  expect(() => renderRequest({ target, ...options })).toThrow(TypeError);
});

test.each([
  '',
  'example.test',
  '/books',
  'ftp://h.test/',
  'file:///etc/passwd',
  'http://',
  'http://h.test:99999/',
  'http://h.test/\r\nX: y',
  'ht\ntp://h.test/',
])('refuses the URL %j with a TypeError', (url) => {
  expect(() => createTarget(url)).toThrow(TypeError);
});

test.each([0, -1, Number.NaN])('refuses a limit of %d with a RangeError that names it', (limit) => {
  expect(() => createTarget('http://h.test/', { requestTimeoutMs: limit })).toThrow(/requestTimeoutMs/);
  expect(() => createTarget('http://h.test/', { connectTimeoutMs: limit })).toThrow(RangeError);
});

test('renders exactly one request, whatever the path and the header values are', () => {
  const anyText = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(anyText, anyText, (path, value) => {
      try {
        const text = rendered({ path: `/${path}`, headers: { A: value } });
        expect(text.split('\r\n')).toHaveLength(5);
        expect(text.split('\r\n')[0]?.split(' ')).toHaveLength(3);
        expect(text.split('\n')).toHaveLength(5);
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
      }
    }),
  );
});
