import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/cli/config-file.ts';
import { LoadEngineError, runLoad } from '../../src/index.ts';
import { startCountingServer } from '../counting-server.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadspiker-'));
});

function write(content: unknown): string {
  const path = join(folder, 'requests.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** `${name}`, as the file has it. */
const toReference = (name: string) => ['$', '{', name, '}'].join('');

describe('a configuration file', () => {
  it('sends its requests in their order, with variables filled in and relative URLs resolved', async () => {
    const server = await startCountingServer();
    const source = readConfig(
      write({
        type: 'rest_api',
        name: 'shop',
        base_url: `${server.url}/api/`,
        variables: { id: 7, token: 'abc', unused: null },
        requests: [
          { url: `/items/${toReference('id')}`, headers: { 'X-Token': toReference('token') } },
          { url: 'orders', method: 'post', body: { item: toReference('id'), other: toReference('unknown') } },
          { url: `${server.url}/absolute`, method: 'DELETE' },
        ],
      }),
    );
    const summary = await runLoad({ ...source, users: 1, iterations: 2 });
    expect(summary.total).toMatchObject({ requests: 6, failures: 0 });
    expect(server.counts).toEqual(
      new Map([
        ['GET /api/items/7', 2],
        ['POST /api/orders', 2],
        ['DELETE /absolute', 2],
      ]),
    );
    expect(server.bodies[0]).toBe(`{"item":"7","other":"${toReference('unknown')}"}`);
    expect(server.headers[0]).toMatchObject({ 'x-token': 'abc' });
    expect(server.headers[1]).toMatchObject({ 'content-type': 'application/json' });
  });

  it.each([
    ['not json', 'JSON'],
    [[], 'the file must be an object'],
    [{}, '"requests" must be a list with at least one request'],
    [{ type: 'soap', requests: [{ url: 'http://h' }] }, '"type" must be one of basic, rest_api, website'],
    [{ type: 'website', requests: [{ url: '/' }] }, '"type": "website" needs a "base_url"'],
    [{ requests: [{ url: '/' }] }, 'requests[0].url is no URL: "/", and there is no "base_url"'],
    [{ requests: [{ method: 'GET' }] }, 'requests[0].url must be a text'],
    [{ requests: ['x'] }, 'requests[0] must be an object'],
    [{ requests: [{ url: 'http://h', headers: { a: 1 } }] }, 'requests[0].headers.a must be a text'],
    [{ requests: [{ url: 'http://h', timeout_ms: 0 }] }, 'requests[0].timeout_ms must be a number'],
  ])('says what is wrong with %j', (content, reason) => {
    expect(() => readConfig(write(content))).toThrow(reason);
  });

  it('answers anything with requests or a sentence', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ requests: fc.jsonValue() })), (content) => {
        try {
          readConfig(write(content));
        } catch (error) {
          expect(error).toBeInstanceOf(LoadEngineError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
