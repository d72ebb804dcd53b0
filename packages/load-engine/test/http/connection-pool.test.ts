// Connections that are fewer than those who send: a limit, a line, and one report for each request.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ConnectionPool,
  createTarget,
  type Exchange,
  KEEP_NOTHING,
  renderRequest,
  type Sender,
} from '../../src/http/index.ts';
import { startSocketCounter } from '../socket-counter.ts';
import { startServer } from './scripted-server.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Sends one request after the other. */
class Client {
  reports = 0;
  readonly waited: number[] = [];
  readonly sender: Sender;
  readonly #send: () => void;
  #left: number;
  #resolve: () => void = () => {};
  readonly ended = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  constructor(
    pool: ConnectionPool,
    url: string,
    requests: number,
    order: (client: Client) => void = () => {},
  ) {
    const target = createTarget(url);
    const request = renderRequest({ target });
    this.#left = requests;
    this.sender = pool.createSender(target, {
      onExchange: (exchange: Exchange) => {
        this.reports += 1;
        this.waited.push(exchange.waitedMs);
        order(this);
        this.next();
      },
    });
    this.#send = () => this.sender.send(request, KEEP_NOTHING);
  }

  next(): void {
    this.#left -= 1;
    if (this.#left >= 0) this.#send();
    else {
      this.sender.close();
      this.#resolve();
    }
  }

  /** It sends no more; true if its last request was taken back. */
  stop(): boolean {
    this.#left = 0;
    const isTakenBack = this.sender.withdraw();
    this.sender.close();
    if (isTakenBack) this.#resolve();
    return isTakenBack;
  }
}

describe('a connection pool', () => {
  it('serves who waits in the order of asking, before who was just served', async () => {
    const server = await startSocketCounter();
    const pool = new ConnectionPool(1);
    const order: number[] = [];
    const clients = [0, 1, 2].map((name) => new Client(pool, server.url, 3, () => order.push(name)));
    for (const client of clients) client.next();
    await Promise.all(clients.map(({ ended }) => ended));
    expect(order).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(server).toMatchObject({ opened: 1, most: 1, requests: 9 });
    expect(clients[0]?.waited[0]).toBe(0);
    expect(clients[2]?.waited[0]).toBeGreaterThan(0);
    expect(pool.waits).toBe(8);
  });

  it('leaves each sender its own connection while nobody else needs it', async () => {
    const server = await startSocketCounter();
    const pool = new ConnectionPool(5);
    const clients = Array.from({ length: 5 }, () => new Client(pool, server.url, 10));
    for (const client of clients) client.next();
    await Promise.all(clients.map(({ ended }) => ended));
    expect(server).toMatchObject({ opened: 5, requests: 50 });
    expect(pool.waits).toBe(0);
    await expect.poll(() => server.open).toBe(0);
  });

  it('gives an idle connection away, and another one to who comes back for it', async () => {
    const server = await startSocketCounter();
    const pool = new ConnectionPool(1);
    const [one, other] = [new Client(pool, server.url, 2), new Client(pool, server.url, 1)];
    const first = new Promise<void>((resolve) => {
      const target = createTarget(server.url);
      const sender = pool.createSender(target, { onExchange: () => resolve() });
      sender.send(renderRequest({ target }), KEEP_NOTHING);
    });
    await first;
    one.next();
    await one.ended;
    expect(server).toMatchObject({ opened: 1, requests: 3 });
    // The other end hears of a closed connection a little later.
    await expect.poll(() => server.open).toBe(0);
    other.next();
    await other.ended;
    expect(server).toMatchObject({ most: 1, opened: 2, requests: 4 });
    pool.close();
    await expect.poll(() => server.open).toBe(0);
  });

  it('goes on with who waits when a connection breaks', async () => {
    await using server = await startServer(async (peer, index) => {
      while ((await peer.request()) !== '') {
        if (index === 0) peer.reset();
        else peer.write(OK);
      }
    });
    const pool = new ConnectionPool(1);
    const clients = [1, 2, 3].map(() => new Client(pool, server.url, 1));
    for (const client of clients) client.next();
    await Promise.all(clients.map(({ ended }) => ended));
    expect(clients.map(({ reports }) => reports)).toEqual([1, 1, 1]);
    expect(server.peers.length).toBeLessThanOrEqual(3);
  });

  it('refuses a limit below one, and a second request of a sender', async () => {
    expect(() => new ConnectionPool(0)).toThrow(RangeError);
    const target = createTarget('http://127.0.0.1:9/');
    const sender = new ConnectionPool(1).createSender(target, { onExchange: () => {} });
    sender.send(renderRequest({ target }), KEEP_NOTHING);
    expect(() => sender.send(renderRequest({ target }), KEEP_NOTHING)).toThrow('one request at a time');
    sender.close();
  });

  it('reports exactly once for each request, and never opens more, whatever is sent, withdrawn and closed', async () => {
    const servers = [await startSocketCounter(), await startSocketCounter()];
    const plan = fc.record({
      limit: fc.integer({ min: 1, max: 3 }),
      clients: fc.array(
        fc.record({
          server: fc.nat(1),
          requests: fc.integer({ min: 1, max: 5 }),
          stopAfter: fc.option(fc.nat(4)),
        }),
        { minLength: 1, maxLength: 7 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ limit, clients: plans }) => {
        for (const server of servers) {
          await expect.poll(() => server.open).toBe(0);
          server.most = 0;
        }
        const pool = new ConnectionPool(limit);
        const stopped = new Set<Client>();
        let turns = 0;
        let takenBack = 0;
        // After some answers, somebody gives up wherever it stands.
        const clients: Client[] = plans.map(
          ({ server, requests }) =>
            new Client(pool, servers[server]?.url ?? '', requests, () => {
              turns += 1;
              for (const [index, { stopAfter }] of plans.entries()) {
                const client = clients[index];
                if (client === undefined || stopAfter !== turns || stopped.has(client)) continue;
                stopped.add(client);
                if (client.stop()) takenBack += 1;
              }
            }),
        );
        for (const client of clients) client.next();
        await Promise.all(clients.map(({ ended }) => ended));
        for (const [index, client] of clients.entries()) {
          const { requests = 0 } = plans[index] ?? {};
          if (stopped.has(client)) expect(client.reports).toBeLessThanOrEqual(requests);
          else expect(client.reports).toBe(requests);
        }
        expect(takenBack).toBeLessThanOrEqual(stopped.size);
        for (const server of servers) expect(server.most).toBeLessThanOrEqual(limit + stopped.size);
        pool.close();
      }),
      { numRuns: 60 },
    );
  });
});
