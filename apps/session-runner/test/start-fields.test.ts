// Contracts, section 3.2 and H14: what may be asked of a start, and what is said of the rest.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

let service: Service;
let token: string;

beforeAll(async () => {
  service = await startService();
  token = await service.signUp('ada');
});
afterAll(() => service.close());

const START = '/automation/start';
const MULTI = '/automation/start-multi';

/** Sends JSON as it is. */
function send(url: string, payload: string) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return service.ask({ method: 'POST', url, payload, headers });
}

describe('what is wrong with a start', () => {
  const RIGHT = { search_keyword: 'keyboard', target_domain: 'shop.example' };
  const detailOf = async (body: object, url = MULTI) => {
    const { status, json } = await service.post(url, body, token);
    return [status, json.detail];
  };
  const missing = (field: string) => ({ type: 'missing', loc: ['body', field], msg: 'Field required' });
  const wrong = (field: string, type: string, msg: string, input: unknown) => ({
    type,
    loc: ['body', field],
    msg,
    input,
  });

  test('is told for each field at once, in their order', async () => {
    expect(await detailOf({ thread_count: 'x' })).toEqual([
      422,
      [
        missing('search_keyword'),
        missing('target_domain'),
        wrong(
          'thread_count',
          'int_parsing',
          'Input should be a valid integer, unable to parse string as an integer',
          'x',
        ),
      ],
    ]);
    expect(await detailOf({ target_domain: 5, search_keyword: null }, START)).toEqual([
      422,
      [
        wrong('search_keyword', 'string_type', 'Input should be a valid string', null),
        wrong('target_domain', 'string_type', 'Input should be a valid string', 5),
      ],
    ]);
  });

  test.each([
    [2.5, 'int_from_float', 'Input should be a valid integer, got a number with a fractional part'],
    ['x', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
    ['', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
    ['2.5', 'int_parsing', 'Input should be a valid integer, unable to parse string as an integer'],
    [null, 'int_type', 'Input should be a valid integer'],
    [true, 'int_type', 'Input should be a valid integer'],
    [false, 'int_type', 'Input should be a valid integer'],
    [[1], 'int_type', 'Input should be a valid integer'],
    [{}, 'int_type', 'Input should be a valid integer'],
  ])('a thread_count of %j is %s', async (thread_count, type, msg) => {
    expect(await detailOf({ ...RIGHT, thread_count })).toEqual([
      422,
      [wrong('thread_count', type, msg, thread_count)],
    ]);
  });

  test('a thread_count of 1e999 is no finite number', async () => {
    const body = JSON.stringify({ ...RIGHT, thread_count: 'X' }).replace('"X"', '1e999');
    const { status, json } = await send(MULTI, body);
    expect([status, json.detail[0].type]).toEqual([422, 'finite_number']);
  });

  test.each(['search_keyword', 'target_domain'])('a blank %s is 422', async (field) => {
    for (const value of ['', '  ', '\n\t']) {
      expect(await detailOf({ ...RIGHT, [field]: value }, START)).toEqual([
        422,
        [wrong(field, 'string_too_short', 'String should have at least 1 character', value)],
      ]);
    }
  });

  test.each([
    ['search_keyword', 'x'.repeat(501), 'string_too_long'],
    ['target_domain', `http://x/${'x'.repeat(2048)}`, 'string_too_long'],
    ['search_keyword', 'a\u0000b', 'string_unicode'],
    ['search_keyword', '\ud800', 'string_unicode'],
  ])('F49 a %s that no store keeps is 422', async (field, value, type) => {
    const [status, detail] = await detailOf({ ...RIGHT, [field]: value });
    expect([status, detail[0].type, detail[0].loc]).toEqual([422, type, ['body', field]]);
    expect((await service.post(START, RIGHT, token)).status).toBe(200);
  });

  test('counts code points: a keyword of 500 emoji is not too long', async () => {
    expect((await service.post(START, { ...RIGHT, search_keyword: '😀'.repeat(500) }, token)).status).toBe(
      200,
    );
    expect((await detailOf({ ...RIGHT, search_keyword: '😀'.repeat(501) }))[0]).toBe(422);
  });

  test.each([
    'ftp://shop.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://',
    'http://a b/',
    'gopher://127.0.0.1/',
  ])('S30 the target %s is 422', async (target_domain) => {
    const [status, detail] = await detailOf({ ...RIGHT, target_domain });
    expect([status, detail]).toMatchObject([422, [{ type: 'url_parsing', input: target_domain }]]);
  });

  test('S30 a target with a user name or a password is 422, and not sent back', async () => {
    for (const target_domain of ['http://bob:secret-word@shop.example/', 'bob:secret-word@shop.example']) {
      const answer = await service.post(START, { ...RIGHT, target_domain }, token);
      expect([answer.status, answer.json.detail[0].type]).toEqual([422, 'url_parsing']);
      expect(answer.text).not.toContain('secret-word');
    }
  });

  test.each([
    'shop.example',
    'shop.example:8080/path?q=1',
    'https://shop.example/products/keyboard.html',
    'HTTP://SHOP.example',
    '127.0.0.1',
    '[::1]:80',
    '::1',
  ])('the target %s is taken', async (target_domain) => {
    const answer = await service.post(START, { ...RIGHT, target_domain }, token);
    expect([answer.status, answer.json.target_domain]).toEqual([200, target_domain]);
    await service.post('/automation/stop', undefined, token);
  });

  test.each([
    'http://0.0.0.0/',
    'http://[::]/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://0x7f.1/',
    'http://127.1/',
    'http://017700000001/',
    'http://0/',
    'http://[::ffff:7f00:1]/',
    'http://localhost./',
  ])('S30 F68 the target %s is only ever rehearsed', async (target_domain) => {
    const answer = await service.post(START, { ...RIGHT, target_domain }, token);
    expect([answer.status, answer.json.driver]).toEqual([200, 'dry-run']);
  });

  test('S24 answers wrong types, lone surrogates and large numbers with 4xx', async () => {
    const odd = ['"\\ud800"', '9007199254740992', '1e999', '[]', '{}', '[[1]]', 'true', '"NaN"', '-0.5'];
    for (const value of odd) {
      for (const field of ['search_keyword', 'target_domain', 'thread_count']) {
        const fields = {
          search_keyword: '"x"',
          target_domain: '"x.example"',
          thread_count: '1',
          [field]: value,
        };
        const body = `{${Object.entries(fields)
          .map(([key, text]) => `"${key}":${text}`)
          .join(',')}}`;
        const { status } = await send(MULTI, body);
        const isRight = value === '"NaN"' && field !== 'thread_count';
        expect([body, isRight ? status === 200 : status === 422 || status === 400]).toEqual([body, true]);
      }
    }
  });
});
