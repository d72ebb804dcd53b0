// A connection reports exactly once for each send, whatever happens and whenever it is closed.
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTarget, type Exchange, HttpConnection, renderRequest } from '../../src/http/index.ts';
import { type Peer, replies, startServer } from './scripted-server.ts';
import { TestClient } from './test-client.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('refuses a second send while the first is under way, and the first still comes to its end', async () => {
  await using server = await startServer(replies(OK));
  using client = new TestClient(server.url);
  const first = client.request();
  expect(client.connection.isBusy).toBe(true);
  expect(() => client.connection.send(renderRequest({ target: client.target }), 0)).toThrow(
    /one request at a time/,
  );
  expect(await first).toMatchObject({ status: 200 });
  expect(client.connection.isBusy).toBe(false);
});

test('fails the request under way as aborted when its connection is closed', async () => {
  await using server = await startServer(async (peer) => {
    await peer.request();
    client.connection.close();
  });
  const client = new TestClient(server.url);
  expect(await client.request()).toMatchObject({ status: 0, errorCode: 'aborted' });
  await server.peers[0]?.closed();
  expect(await client.request()).toMatchObject({ status: 0, errorCode: 'aborted', bytesSent: 0 });
  expect(client.reports).toBe(2);
  expect(server.peers).toHaveLength(1);
});

test.each([
  ['while the name is looked up', 'http://localhost:9/'],
  ['while it connects', 'http://127.0.0.1:9/'],
])('reports once when it is closed %s', async (_when, url) => {
  const client = new TestClient(url);
  const outcome = client.request();
  client.connection.close();
  client.connection.close();
  expect(await outcome).toMatchObject({ errorCode: 'aborted' });
  await nextTurn();
  expect(client.reports).toBe(1);
});

test('does not grow the stack when a listener answers each failure with another send', async () => {
  const target = createTarget('http://127.0.0.1:9/');
  const request = renderRequest({ target });
  const { promise: done, resolve } = Promise.withResolvers<number>();
  let reports = 0;
  const connection = new HttpConnection(target, {
    onExchange() {
      reports++;
      if (reports < 50_000) connection.send(request, 0);
      else resolve(reports);
    },
  });
  connection.close();
  connection.send(request, 0);
  expect(reports).toBe(0);
  expect(await done).toBe(50_000);
});

test('leaves timers their turn while every send fails at once', async () => {
  const target = createTarget('http://127.0.0.1:9/');
  const request = renderRequest({ target });
  let isOver = false;
  const connection = new HttpConnection(target, {
    onExchange() {
      if (!isOver) connection.send(request, 0);
    },
  });
  connection.close();
  connection.send(request, 0);
  await new Promise((resolve) => setTimeout(resolve, 1));
  isOver = true;
  expect(connection.isBusy).toBe(true);
});

test('delivers the other failures when one listener throws', async () => {
  const target = createTarget('http://127.0.0.1:9/');
  const request = renderRequest({ target });
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
  const others = process.listeners('uncaughtException').filter((listener) => listener.length !== 1);
  for (const listener of others) process.off('uncaughtException', listener);
  const bad = new HttpConnection(target, {
    onExchange() {
      throw new Error('a listener of the test');
    },
  });
  const { promise: delivered, resolve } = Promise.withResolvers<Exchange>();
  const good = new HttpConnection(target, { onExchange: resolve });
  for (const connection of [bad, good]) {
    connection.close();
    connection.send(request, 0);
  }
  expect(await thrown).toMatchObject({ message: 'a listener of the test' });
  expect((await delivered).errorCode).toBe('aborted');
  for (const listener of others) process.on('uncaughtException', listener);
});

/** What a hostile or clumsy server may do to one request. */
const acts = {
  answer: (peer) => peer.write(OK),
  answerAndClose: (peer) => peer.end(OK),
  answerTwice: (peer) => peer.write(OK + OK),
  half: (peer) => peer.end(OK.slice(0, -1)),
  trickle: (peer) => {
    for (const byte of OK) peer.write(byte);
  },
  close: (peer) => peer.end(),
  reset: (peer) => peer.reset(),
  answerAndReset: (peer) => {
    peer.write(OK);
    peer.reset();
  },
  nonsense: (peer) => peer.write('\0\r\n\r\n'),
  silence: () => {},
} satisfies Record<string, (peer: Peer) => void>;

type Act = keyof typeof acts;

test('reports exactly once for every send, whatever the server does and whenever the user leaves', async () => {
  const anyAct = fc.constantFrom(...(Object.keys(acts) as Act[]));
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyAct, { minLength: 1, maxLength: 8 }),
      fc.option(fc.nat(8)),
      async (plan, closeAfter) => {
        const due = [...plan];
        await using server = await startServer(async (peer) => {
          while ((await peer.request()) !== '') acts[due.shift() ?? 'answer'](peer);
        });
        using client = new TestClient(server.url, { requestTimeoutMs: 20 });
        for (let sent = 1; sent <= plan.length; sent++) {
          const outcome = client.request({ method: sent % 3 === 0 ? 'POST' : 'GET' });
          if (closeAfter === sent) client.connection.close();
          const { status, errorCode, body } = await outcome;
          expect(status === 200).toBe(errorCode === '');
          expect(body).toBe(status === 200 ? 'ok' : '');
          expect(client.reports).toBe(sent);
        }
        await nextTurn();
        expect(client.reports).toBe(plan.length);
      },
    ),
    { numRuns: 60 },
  );
});
