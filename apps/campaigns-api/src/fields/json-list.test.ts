// H16: a list in constant memory, which never ends well when it failed, and is no longer read when nobody takes it.
import { once } from 'node:events';
import { getText, listen, open, readAll } from '@trafficflux/tooling/service-tests';
import { fastify } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { sendList } from './json-list.ts';

const app = { close: async () => {} };
afterEach(() => app.close());

/** Serves rows 1, 2, 3, …; `read` may throw in place of a batch. */
async function serve(read: (from: number, limit: number) => Promise<number[]>, limit: number | null = null) {
  const server = fastify();
  server.get('/', (_request, reply) =>
    sendList<number>(
      reply,
      { limit, offset: 0 },
      {
        read: ({ last, limit: size }) => read((last ?? 0) + 1, size),
        toView: (row) => ({ row }),
      },
    ),
  );
  app.close = () => server.close();
  return listen(server);
}

const rowsFrom = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);
const CLOSE = 'Connection: close\r\n';

describe('a list', () => {
  test.each([0, 1, 199, 200, 201, 1000])('of %d rows is one array', async (count) => {
    const port = await serve(async (from, limit) => rowsFrom(from, Math.min(limit, count - from + 1)));
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.json()).toEqual(rowsFrom(1, count).map((row) => ({ row })));
  });

  test('reads no more rows than its limit', async () => {
    let wanted = 0;
    const port = await serve(async (from, limit) => {
      wanted += limit;
      return rowsFrom(from, limit);
    }, 250);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).json()).toHaveLength(250);
    expect(wanted).toBe(250);
  });

  test('whose first rows cannot be read is an error', async () => {
    const port = await serve(() => Promise.reject(new Error('gone')));
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(500);
  });

  test('whose later rows cannot be read is broken off', async () => {
    const port = await serve(async (from, limit) => {
      if (from > 400) throw new Error('gone');
      return rowsFrom(from, limit);
    });
    const text = await readAll(await open(port, getText('/', CLOSE)));
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toContain('{"row":1}');
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
    await expect(fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text())).rejects.toThrow();
  });

  test.each(['stops reading', 'goes away'])(
    'is no longer read from the store when its reader %s',
    async (what) => {
      let reads = 0;
      const port = await serve(async (from, limit) => {
        reads++;
        return rowsFrom(from, limit);
      });
      const socket = await open(port, getText('/'));
      socket.resume();
      await once(socket, 'data');
      if (what === 'goes away') socket.destroy();
      else socket.pause();
      // What fits into the buffers of both sides is read, and no more: the list itself has no end.
      let before = -1;
      const isSame = () => {
        const same = reads === before;
        before = reads;
        return same;
      };
      await expect.poll(isSame, { interval: 200 }).toBe(true);
      socket.destroy();
    },
  );
});
