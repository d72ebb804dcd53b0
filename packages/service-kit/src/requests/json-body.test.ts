import fc from 'fast-check';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeOne, open, parseAnswer, readToEnd, readUntil } from '../../test/raw-http.ts';
import { startTestApp, type TestApp } from '../../test/test-app.ts';

const Book = Type.Object({ title: Type.String({ minLength: 1 }), pages: Type.Optional(Type.Integer()) });

describe('JSON bodies', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({}, (app) => {
      app.post('/books', { schema: { body: Book } }, async (request) => request.body);
      app.post('/echo', async (request) => ({ body: request.body ?? null }));
      app.delete('/books/1', async () => ({ deleted: true }));
    });
  });
  afterAll(() => test.app.close());

  const post = (payload: string | Buffer, contentType = 'application/json', url = '/books') =>
    test.app.inject({ method: 'POST', url, payload, headers: { 'content-type': contentType } });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON ;x=1',
    'application/json;charset="UTF-8"',
  ])('F43 reads and checks a body under %s', async (contentType) => {
    expect((await post('{"title":"x"}', contentType)).statusCode).toBe(200);
    expect((await post('{"title":{"x":1}}', contentType)).statusCode).toBe(400);
  });

  it.each([
    'application/json foo',
    'application/json\t;x',
    'application/json;\tx=1',
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/jsonx',
    'application/json, text/plain',
    'application/ld+json',
    'text/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'json',
    '*/*',
    ';',
  ])('F43 answers 415 to a body under %j, well-formed or not', async (contentType) => {
    for (const body of ['{"title":"x"}', '{"title":{"x":1}}']) {
      const answer = await post(body, contentType);
      expect(answer.statusCode).toBe(415);
      expect(answer.json()).toEqual({ error: 'Content-Type must be application/json.' });
    }
  });

  it('answers 415 to a body without a content type', async () => {
    const text = 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}';
    expect((await exchangeOne(test.port, text)).status).toBe(415);
  });

  it('answers 415 to a compressed body', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await test.app.inject({ method: 'POST', url: '/echo', payload: '{}', headers })).statusCode).toBe(
      415,
    );
  });

  it('F44 takes a DELETE without a body whatever its content type', async () => {
    const answer = await test.app.inject({
      method: 'DELETE',
      url: '/books/1',
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.statusCode, answer.json()]).toEqual([200, { deleted: true }]);
  });

  it('F44 answers 400 to an empty body under a JSON type', async () => {
    const text =
      'POST /books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
    const answer = await exchangeOne(test.port, text);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      { error: 'The request body must be valid JSON.' },
    ]);
  });

  it('F46 answers 400 to a byte-order mark', async () => {
    const body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('{"title":"x"}')]);
    expect((await post(body)).statusCode).toBe(400);
  });

  it.each([
    '{"__proto__":{"admin":true},"title":"x"}',
    '{"\\u005f_proto__":{"admin":true},"title":"x"}',
    '{"constructor":{"prototype":{"admin":true}},"title":"x"}',
    '{"title":"x","deep":[{"__proto__":{"admin":true}}]}',
  ])('S23 F46 answers 400 to %s, and nobody becomes admin', async (body) => {
    expect((await post(body)).statusCode).toBe(400);
    const next = await post('{"title":"y"}', undefined, '/echo');
    expect(next.json()).toEqual({ body: { title: 'y' } });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([
    '{"title":1}',
    '{"title":null}',
    '{"title":true}',
    '{"title":["x"]}',
    '{"title":"x","pages":"12"}',
    '{"title":"x","pages":null}',
    '{"title":"x","pages":true}',
    '{"title":"x","pages":1.5}',
    '[{"title":"x"}]',
    'null',
    '0',
    '""',
    '"x"',
  ])('S24 does not convert values: %s is 400', async (body) => {
    expect((await post(body)).statusCode).toBe(400);
  });

  it.each([
    '{',
    '{"title":NaN}',
    "{'title':'x'}",
    '{"title":"x"} x',
    '{"title":"x",}',
    '\u0000',
    'undefined',
  ])('S24 answers 400 to %j, which is no JSON', async (body) => {
    expect((await post(body)).statusCode).toBe(400);
  });

  it('S24 answers 400 to bytes that are no UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    expect((await post(body)).statusCode).toBe(400);
  });

  it('takes the last of repeated keys, as JSON.parse does', async () => {
    expect((await post('{"title":"a","title":"b"}')).json()).toEqual({ title: 'b' });
  });

  it('S27 answers 400 at once to a megabyte of brackets', async () => {
    for (const body of [
      '['.repeat(1_000_000),
      `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
      '{"a":'.repeat(150_000),
    ]) {
      expect((await post(body, undefined, '/echo')).statusCode).toBe(400);
    }
    expect((await post(`${'['.repeat(100)}${']'.repeat(100)}`, undefined, '/echo')).statusCode).toBe(200);
  });

  it('S27 answers 413 to a body over 1 MiB before it was read to its end', async () => {
    const socket = await open(test.port);
    socket.write(
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1048577\r\n\r\n{',
    );
    expect(parseAnswer(await readUntil(socket, '\r\n\r\n{')).status).toBe(413);
    socket.destroy();
  });

  it('S27 answers 413 to a chunked body when it passes the limit', async () => {
    const socket = await open(test.port);
    socket.write(
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    socket.write(`100001\r\n${'x'.repeat(0x10_0001)}\r\n`);
    expect(parseAnswer(await readUntil(socket, '\r\n\r\n{')).status).toBe(413);
    socket.destroy();
  });

  it('S27 gives a client that sends a little too much the time to hear it', async () => {
    const response = await fetch(`http://127.0.0.1:${test.port}/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify('x'.repeat(3 * 1024 * 1024)),
    });
    expect([response.status, await response.json()]).toEqual([
      413,
      { error: 'The request body is too large.' },
    ]);
  });

  it('S27 cuts a client that goes on sending after its 413', async () => {
    const socket = await open(test.port);
    const ended = readToEnd(socket);
    socket.write(
      `POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${2 ** 40}\r\n\r\n`,
    );
    const megabyte = 'x'.repeat(1024 * 1024);
    const pump = () => {
      while (!socket.destroyed && socket.write(megabyte));
    };
    socket.on('drain', pump);
    pump();
    expect(parseAnswer(await ended).status).toBe(413);
  });

  it('takes exactly the limit', async () => {
    const text = JSON.stringify('x'.repeat(1024 * 1024 - 2));
    expect((await post(text, undefined, '/echo')).statusCode).toBe(200);
    expect((await post(`${text} `, undefined, '/echo')).statusCode).toBe(413);
  });

  it('gives back any JSON that it takes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 5 }), async (text) => {
        const answer = await post(text, undefined, '/echo');
        const isPoisoned = /__proto__|constructor/.test(text);
        if (!isPoisoned) expect(answer.json()).toEqual({ body: JSON.parse(text) });
        expect(answer.statusCode).toBeLessThan(500);
      }),
    );
  });

  it('answers any bytes with 200 or 4xx', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const { statusCode } = await post(Buffer.from(bytes), undefined, '/echo');
        expect([200, 400]).toContain(statusCode);
      }),
    );
  });
});
