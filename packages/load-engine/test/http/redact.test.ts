import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactBody, redactHeader, redactQuery } from '../../src/http/redact.ts';

describe('what is shown of a request', () => {
  it.each([
    ['Authorization', 'Bearer abc.def', 'Bearer [redacted]'],
    ['authorization', 'abcdef', '[redacted]'],
    ['Proxy-Authorization', 'Basic YTpi', 'Basic [redacted]'],
    ['Authorization', 'Digest username="a", response="6629fae4"', 'Digest [redacted]'],
    ['Cookie', 'sid=s3cret; theme=dark', 'sid=[redacted]; theme=[redacted]'],
    ['Set-Cookie', 'sid=s3cret; Path=/; HttpOnly', 'sid=[redacted]; Path=/; HttpOnly'],
    ['X-Api-Key', 'k', '[redacted]'],
    ['X-CSRF-Token', 't', '[redacted]'],
    [
      'Location',
      'http://ann:pw@h.test/cb?code=1&access_token=t#x',
      'http://[redacted]@h.test/cb?code=1&access_token=[redacted]#x',
    ],
    ['Content-Type', 'text/plain', 'text/plain'],
    ['Accept', 'author/*', 'author/*'],
  ])('has of the header %s: %s only %s', (name, value, shown) => {
    expect(redactHeader(name, value)).toBe(shown);
  });

  it.each([
    ['/login?user=ann&password=pw&next=/a', '/login?user=ann&password=[redacted]&next=/a'],
    ['/x?api_key=k;author=b', '/x?api_key=[redacted];author=b'],
    ['/x?%70assword=pw', '/x?%70assword=[redacted]'],
    ['/plain', '/plain'],
  ])('has of the path %s only %s', (path, shown) => {
    expect(redactQuery(path)).toBe(shown);
  });

  it.each([
    ['application/x-www-form-urlencoded', 'username=ann&password=pw%26x', 'username=ann&password=[redacted]'],
    ['application/json', '{"user":"ann","password":"pw"}', '{"user":"ann","password":"[redacted]"}'],
    ['application/json', '[{"a":{"refreshToken":["x","y"]}}]', '[{"a":{"refreshToken":"[redacted]"}}]'],
    ['application/json', '{ "author": "ann", "pages": 1 }', '{ "author": "ann", "pages": 1 }'],
    ['application/json', '{"n":1,"password":"pw', '{"n":1,"password":[redacted]'],
    ['text/plain', 'token=abc other=1', 'token=[redacted] other=1'],
    [
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\npw\r\nx\r\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--',
      '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n[redacted]\r\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--',
    ],
  ])('has of a body of %s no secret', (type, text, shown) => {
    expect(redactBody(text, type)).toBe(shown);
  });

  it('never holds a password of JSON or of a form, whatever stands around it', () => {
    const secret = 'c4nary-s3cret';
    const name = fc.constantFrom(
      'password',
      'userPassword',
      'PASSWD',
      'client_secret',
      'access_token',
      'apiKey',
    );
    fc.assert(
      fc.property(name, fc.jsonValue(), fc.string(), (key, around, text) => {
        const json = JSON.stringify({ around, text, [key]: secret, nested: [{ [key]: { deep: secret } }] });
        expect(redactBody(json, 'application/json')).not.toContain(secret);
        const form = new URLSearchParams({ text, [key]: secret, more: text });
        expect(redactBody(form.toString(), 'application/x-www-form-urlencoded')).not.toContain(secret);
      }),
    );
  });
});
