import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHubProcess } from '../hub-process.ts';
import { type Hub, startHub } from '../service.ts';
import { openRawSocket } from './raw-socket.ts';
import { openSocket } from './socket.ts';

const READERS = 1000;
const MESSAGES = 1500;
const MIB = 1024 * 1024;

let hub: Hub;

beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.close());

async function read(url: string, metric: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics?format=prometheus`)).text();
  return Number(new RegExp(`^${metric}\\S* (\\S+)$`, 'm').exec(text)?.[1]);
}

test('a thousand readers that stall leave memory flat, and others served', { timeout: 300_000 }, async () => {
  const { child, url, port, ended } = await startHubProcess(hub, {
    RATE_LIMIT_CONNECTION_RPS: '0',
    RATE_LIMIT_USER_RPS: '0',
    RATE_LIMIT_GLOBAL_RPS: '0',
  });
  const { access_token: token } = await hub.signUp('ada');
  const stalled = [];
  for (let at = 0; at < READERS; at += 50)
    stalled.push(...(await Promise.all(Array.from({ length: 50 }, () => openRawSocket(port, token)))));
  for (const socket of stalled) socket.text('{"type":"Subscribe","data":{"topics":["load"]}}');
  const [reader, sender] = [await openSocket(port, { token }), await openSocket(port, { token })];
  const numbers: number[] = [];
  let onNumber = () => {};
  reader.ws.on('message', (data) => {
    const { type, data: content } = JSON.parse(String(data));
    if (type !== 'Broadcast') return;
    numbers.push(content.payload.number);
    onNumber();
  });
  /** All that the stalled ones fill of the system's own memory for sockets slows this one down, and shall not lose it. */
  const hasRead = (count: number) =>
    new Promise<void>((resolve) => {
      onNumber = () => {
        if (numbers.length >= count) resolve();
      };
      onNumber();
    });
  await reader.subscribe('load');
  await expect.poll(() => read(url, 'realtime_messages_sent_total')).toBeGreaterThan(2 * READERS);
  const before = await read(url, 'process_resident_memory_bytes');

  const filler = 'x'.repeat(10_000);
  let most = before;
  for (let sent = 0; sent < MESSAGES; ) {
    for (let burst = 0; burst < 20; burst++)
      sender.send({ type: 'Broadcast', data: { topic: 'load', payload: { number: sent++, filler } } });
    for (let burst = 0; burst < 20; burst++) await sender.next('Ack');
    await hasRead(sent);
    if (sent % 100 === 0) most = Math.max(most, await read(url, 'process_resident_memory_bytes'));
  }
  expect(numbers).toEqual(Array.from({ length: MESSAGES }, (_, index) => index));
  await expect.poll(() => read(url, 'realtime_connections_dropped_total')).toBe(READERS);
  // Each may have a MiB waiting; what waits is shared, so that it is nowhere near a GiB.
  expect((most - before) / MIB).toBeLessThan(250);

  for (const socket of stalled) socket.destroy();
  child.kill('SIGTERM');
  await ended;
});
