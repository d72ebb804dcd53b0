// The browser client on the real hub, in a real browser.
import { describeInChromium } from '@trafficflux/tooling/test-browser';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Hub, startHub } from '../service.ts';
import { openSocket } from '../sockets/socket.ts';
import { type PageServer, servePage } from './page-server.ts';
import { openWorkshop } from './workshop.ts';

/** What the tests find in a page, beside the example. */
interface ClientWindow {
  readonly RealtimeClient: typeof import('@trafficflux/realtime-client').RealtimeClient;
  isConnected?: boolean;
}

const BARE = `import { RealtimeClient } from '@trafficflux/realtime-client';
Object.assign(window, { RealtimeClient });
`;

let hub: Hub;
let url: string;
let examplePage: PageServer;
let barePage: PageServer;

beforeAll(async () => {
  hub = await startHub();
  url = `ws://127.0.0.1:${await hub.port()}/ws`;
  const [example, bare] = [await openWorkshop(), await openWorkshop()];
  await example.take('browser.js');
  examplePage = await servePage(example, 'browser.js');
  await bare.write('bare.js', BARE);
  barePage = await servePage(bare, 'bare.js');
});

afterAll(async () => {
  await examplePage.close();
  await barePage.close();
  await hub.close();
});

/** Ends all connections without a word, as a network does. */
function loseConnections(): void {
  for (const socket of hub.app.websocketServer.clients) socket.terminate();
}

describeInChromium('the browser client', (open) => {
  it('runs the documented example, and hears the hub again after a break', async () => {
    const { access_token: token } = await hub.signUp('example');
    const page = await open();
    await page.goto(`${examplePage.url}?${new URLSearchParams({ hub: url, token })}`);
    await page.getByText('chat.general: {"message":"Hello from the browser"}').waitFor();
    loseConnections();
    await page.getByText('Disconnected: 1006').waitFor();
    await page.getByText('Reconnecting in').waitFor();
    await expect.poll(() => page.getByText('Connected to realtime service').count()).toBe(2);
    const other = await openSocket(await hub.port(), { token });
    await expect
      .poll(async () => {
        const ack = await other.ask({ type: 'Broadcast', data: { topic: 'chat.general', payload: 'again' } });
        return ack.data.recipients;
      })
      .toBe(1);
    await page.getByText('chat.general: "again"').first().waitFor();
    other.ws.close();
  });

  async function openBare(): Promise<Page> {
    const page = await open();
    await page.goto(barePage.url);
    return page;
  }

  it('gets what it asks for, with the token in the address or in a subprotocol', async () => {
    const { access_token: token } = await hub.signUp('places');
    const page = await openBare();
    const heard = await page.evaluate(
      async ({ url, token }) => {
        const { RealtimeClient } = globalThis as unknown as ClientWindow;
        const results: unknown[] = [];
        for (const tokenPlace of ['query', 'subprotocol'] as const) {
          const client = new RealtimeClient(url, token, { tokenPlace });
          const broadcast = new Promise((resolve) => client.on('Broadcast', resolve));
          await client.connect();
          client.subscribe(['a.*']);
          client.broadcast('a.b', { tokenPlace });
          results.push(((await broadcast) as { payload: unknown }).payload);
          client.disconnect();
        }
        return results;
      },
      { url, token },
    );
    expect(heard).toEqual([{ tokenPlace: 'query' }, { tokenPlace: 'subprotocol' }]);
  });

  it('has its pings answered', async () => {
    const { access_token: token } = await hub.signUp('pinger');
    const page = await openBare();
    const timestamp = await page.evaluate(
      async ({ url, token }) => {
        const { RealtimeClient } = globalThis as unknown as ClientWindow;
        const client = new RealtimeClient(url, token, { heartbeatInterval: 200 });
        const pong = new Promise<{ timestamp: number }>((resolve) => client.on('Pong', resolve));
        await client.connect();
        const answer = await pong;
        client.disconnect();
        return answer.timestamp;
      },
      { url, token },
    );
    expect(timestamp).toBeGreaterThan(Date.now() - 600_000);
  });

  it('stops, and says why, when its session is ended', async () => {
    const login = await hub.signUp('leaver');
    const page = await openBare();
    const stopped = page.evaluate(
      async ({ url, token }) => {
        const { RealtimeClient } = globalThis as unknown as ClientWindow;
        const client = new RealtimeClient(url, token, { reconnectDelay: 1 });
        const end = new Promise<{ code: string; closeCode: number | null }>((resolve) =>
          client.on('stopped', resolve),
        );
        await client.connect();
        (globalThis as unknown as ClientWindow).isConnected = true;
        const { code, closeCode } = await end;
        return { code, closeCode };
      },
      { url, token: login.access_token },
    );
    await page.waitForFunction(() => (globalThis as unknown as ClientWindow).isConnected);
    const bearer = { authorization: `Bearer ${login.access_token}` };
    await hub.app.inject({ method: 'DELETE', url: `/sessions/${login.session_id}`, headers: bearer });
    expect(await stopped).toEqual({ code: 'TOKEN_ENDED', closeCode: 4401 });
  });

  it('gives up after as many attempts as it may, since a browser does not tell a refusal from a break', async () => {
    const page = await openBare();
    const told = await page.evaluate(async (url) => {
      const { RealtimeClient } = globalThis as unknown as ClientWindow;
      const client = new RealtimeClient(url, 'no token', { reconnectDelay: 1, maxReconnectAttempts: 2 });
      const events: string[] = [];
      client.on('reconnecting', ({ attempt }) => events.push(`attempt ${attempt}`));
      client.on('error', (error) => events.push(error.code));
      const end = new Promise((resolve) => client.on('max_reconnect_attempts_reached', () => resolve(null)));
      await client.connect().catch(() => events.push('rejected'));
      await end;
      return events.sort();
    }, url);
    expect(told).toEqual([
      'CONNECTION_FAILED',
      'CONNECTION_FAILED',
      'CONNECTION_FAILED',
      'attempt 1',
      'attempt 2',
      'rejected',
    ]);
  });

  it('goes on with a new token when the old one ends', async () => {
    const first = await hub.signUp('renewer');
    const page = await openBare();
    const end = page.evaluate(
      async ({ url, first }) => {
        const { RealtimeClient } = globalThis as unknown as ClientWindow;
        let isGood = false;
        const getToken = async () => {
          isGood = true;
          return first;
        };
        const client = new RealtimeClient(url, 'an old token', { getToken, reconnectDelay: 1 });
        const connected = new Promise((resolve) => client.on('connected', () => resolve(null)));
        await client.connect().catch(() => {});
        await connected;
        client.disconnect();
        return isGood;
      },
      { url, first: first.access_token },
    );
    expect(await end).toBe(true);
  });
});
