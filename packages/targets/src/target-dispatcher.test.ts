import type { LookupAddress } from 'node:dns';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseAllowList } from './allow-list.ts';
import { createTargetDispatcher } from './target-dispatcher.ts';
import { createTargetLookup, type Lookup } from './target-lookup.ts';

let server: Server;
let port: number;
let seen: IncomingMessage[];
let connections: number;
let agent: Agent | undefined;

beforeEach(async () => {
  seen = [];
  connections = 0;
  server = createServer((incoming, answer) => {
    seen.push(incoming);
    answer.setHeader('connection', 'close').end('hello');
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  await agent?.destroy();
  agent = undefined;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A resolver that gives one answer after the other, and the last one from then on. */
function createLookup(...answers: string[][]) {
  return vi.fn<Lookup>((_name, _options, callback) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    callback(
      null,
      (answer ?? []).map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  });
}

function get(list: string, url: string, lookup?: Lookup) {
  agent ??= createTargetDispatcher({ allowList: parseAllowList(list), ...(lookup ? { lookup } : {}) });
  return request(url, { dispatcher: agent });
}

/** The code of the error that a request failed with. */
async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: Error & { code?: string }) => error.code,
  );
}

describe('a connection to a target', () => {
  it('goes to the checked address, with the Host of the URL', async () => {
    const lookup = createLookup(['127.0.0.1']);
    const answer = await get('shop.example,127.0.0.1', `http://shop.example:${port}/`, lookup);
    expect(await answer.body.text()).toBe('hello');
    expect(seen[0]?.headers.host).toBe(`shop.example:${port}`);
  });

  it('asks for the name of the URL in TLS too (SNI), at the checked address', async () => {
    const names: string[] = [];
    const secure = createTlsServer({
      SNICallback: (name, callback) => {
        names.push(name);
        callback(new Error('There is no certificate here.'));
      },
    }).on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const { port: securePort } = secure.address() as AddressInfo;
    const url = `https://shop.example:${securePort}/`;
    await expect(get('shop.example,127.0.0.1', url, createLookup(['127.0.0.1']))).rejects.toThrow();
    expect(names).toEqual(['shop.example']);
    await new Promise((resolve) => secure.close(resolve));
  });

  it('reaches a listed address without a look-up', async () => {
    const lookup = createLookup(['8.8.8.8']);
    expect((await get('127.0.0.1', `http://127.0.0.1:${port}/`, lookup)).statusCode).toBe(200);
    expect(lookup).not.toHaveBeenCalled();
  });

  it('S32: looks a name up once, however often it connects', async () => {
    const lookup = createLookup(['127.0.0.1'], ['127.0.0.2']);
    const list = 'shop.example,127.0.0.1,127.0.0.2';
    for (let count = 0; count < 3; count++) {
      const answer = await get(list, `http://shop.example:${port}/`, lookup);
      await answer.body.dump();
    }
    expect(connections).toBe(3);
    expect(lookup).toHaveBeenCalledTimes(1);
  });

  it('F70: stays with the first answer when the second one is loopback', async () => {
    const lookup = createLookup(['8.8.8.8'], ['127.0.0.1']);
    const resolve = createTargetLookup(parseAllowList('shop.example,127.0.0.1'), lookup);
    const ask = () =>
      new Promise((done) => resolve('shop.example', { all: true }, (error, found) => done(error ?? found)));
    expect(await ask()).toEqual([{ address: '8.8.8.8', family: 4 }]);
    expect(await ask()).toEqual([{ address: '8.8.8.8', family: 4 }]);
    expect(lookup).toHaveBeenCalledTimes(1);
  });

  it('F70: is not made when one answer holds a public address and loopback', async () => {
    const lookup = createLookup(['8.8.8.8', '127.0.0.1'], ['127.0.0.1']);
    const list = 'shop.example,127.0.0.1';
    expect(await refusal(get(list, `http://shop.example:${port}/`, lookup))).toBe('TARGET_BLOCKED');
    expect(await refusal(get(list, `http://shop.example:${port}/`, lookup))).toBe('TARGET_BLOCKED');
    expect(connections).toBe(0);
  });

  it('S30: is not made to an address that is not listed, nor to a name that is not', async () => {
    const lookup = createLookup(['127.0.0.1']);
    for (const host of ['127.0.0.1', '2130706433', '0.0.0.0', '[::ffff:7f00:1]', '[::1]', 'other.example'])
      expect(await refusal(get('shop.example', `http://${host}:${port}/`, lookup))).toBe('TARGET_BLOCKED');
    expect(await refusal(get('shop.example', `http://shop.example:${port}/`, lookup))).toBe('TARGET_BLOCKED');
    expect(lookup).toHaveBeenCalledTimes(1);
    expect(connections).toBe(0);
  });

  it('is tried again after a resolver that failed', async () => {
    const answer = createLookup(['127.0.0.1']);
    const lookup = vi.fn<Lookup>(answer).mockImplementationOnce((_name, _options, callback) => {
      callback(Object.assign(new Error('try again'), { code: 'EAI_AGAIN' }), []);
    });
    const list = 'shop.example,127.0.0.1';
    expect(await refusal(get(list, `http://shop.example:${port}/`, lookup))).toBe('EAI_AGAIN');
    expect((await get(list, `http://shop.example:${port}/`, lookup)).statusCode).toBe(200);
  });
});

describe('the look-up of a listed name', () => {
  it('gives one address to whoever asks for one, and keeps to a family', async () => {
    const resolve = createTargetLookup(parseAllowList('shop.example'), createLookup(['10.0.0.1', 'fd00::1']));
    const ask = (options: object) =>
      new Promise((done) => resolve('shop.example', options, (...answer) => done(answer)));
    expect(await ask({})).toEqual([null, '10.0.0.1', 4]);
    expect(await ask({ family: 6 })).toEqual([null, 'fd00::1', 6]);
    expect(await ask({ family: 'IPv4', all: true })).toEqual([null, [{ address: '10.0.0.1', family: 4 }]]);
  });
});
