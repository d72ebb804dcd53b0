import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHubProcess } from './hub-process.ts';
import { type Hub, startHub } from './service.ts';
import { openSocket, refusedSocket } from './sockets/socket.ts';

let hub: Hub;

beforeAll(async () => {
  // Its stores are those of the processes below.
  hub = await startHub();
});
afterAll(() => hub.close());

describe('the end of a hub', () => {
  test('turns readiness first, then sends everybody away with 1012 and when to come back, and exits with 0', async () => {
    const { child, url, port, ended } = await startHubProcess(hub, {
      SHUTDOWN_DELAY_MS: '1500',
      DRAIN_WINDOW_MS: '500',
    });
    const { access_token: token } = await hub.signUp('ada');
    const sockets = await Promise.all(Array.from({ length: 50 }, () => openSocket(port, { token })));
    const pinging = sockets[0] as (typeof sockets)[0];
    child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/health/ready`)).status).toBe(503);
    expect((await pinging.ask({ type: 'Ping' })).type).toBe('Pong');
    for (const socket of sockets) {
      const { details, status } = (await socket.next('Status')).data;
      expect(status).toBe('reconnect');
      expect(details.delay_ms).toBeGreaterThan(0);
      expect((await socket.closed).code).toBe(1012);
    }
    expect((await ended)[0]).toBe(0);
  });

  test('waits for nobody who does not answer', async () => {
    const { child, port, ended } = await startHubProcess(hub, { DRAIN_WINDOW_MS: '100' });
    const { access_token: token } = await hub.signUp('bob');
    const socket = await openSocket(port, { token });
    // Hears nothing any more, and so says nothing either.
    socket.ws.pause();
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
    socket.ws.terminate();
  });

  test('loses no message that it has acknowledged', async () => {
    const { child, port, ended } = await startHubProcess(hub, { DRAIN_WINDOW_MS: '300' });
    const { access_token: token } = await hub.signUp('carol');
    const [reader, sender] = [await openSocket(port, { token }), await openSocket(port, { token })];
    await reader.subscribe('news');
    const sending = (async () => {
      for (let number = 0; ; number++) {
        sender.send({ type: 'Broadcast', data: { topic: 'news', payload: number }, id: String(number) });
        await sender.next('Ack').then(({ data }) => expect(data.recipients).toBeLessThanOrEqual(1));
        if (number === 20) child.kill('SIGTERM');
      }
    })();
    await expect(sending).rejects.toThrow(/closed before/);
    expect((await reader.closed).code).toBe(1012);
    const numbers = reader.inbox.filter(({ type }) => type === 'Broadcast').map(({ data }) => data.payload);
    expect(numbers.length).toBeGreaterThanOrEqual(20);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    expect((await ended)[0]).toBe(0);
  });
});

test('nobody is let in while the hub ends', async () => {
  const ending = await startHub({ DRAIN_WINDOW_MS: '2000' });
  const port = await ending.port();
  const { access_token: token } = await ending.signUp('ada');
  const sockets = await Promise.all(Array.from({ length: 5 }, () => openSocket(port, { token })));
  // A connection that is kept alive may still ask for an upgrade.
  const closing = ending.close();
  await expect(refusedSocket(port, { token })).rejects.toThrow();
  await Promise.all(sockets.map((socket) => socket.closed));
  await closing;
});
