import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cutReason } from '../../src/sockets/socket-line.ts';
import { type Hub, startHub } from '../service.ts';
import { closeCode, maskedFrame, openRawSocket } from './raw-socket.ts';
import { openSocket } from './socket.ts';

let hub: Hub;
let port: number;
let token: string;

beforeAll(async () => {
  hub = await startHub();
  port = await hub.port();
  token = (await hub.signUp('ada')).access_token;
});
afterAll(() => hub.close());

async function countMessages(): Promise<number> {
  return (await hub.get('/metrics')).json.messages_received;
}

describe('F80: frames in a wrong order', () => {
  test.each([
    ['a new text inside of a fragmented one', '01 81 00000000 61  81 81 00000000 62'],
    ['a fragmented ping', '09 80 00000000'],
    ['a close of one byte', '88 81 00000000 03'],
    ['a continuation of nothing', '80 81 00000000 61'],
    ['a frame without a mask', '81 01 61'],
    ['a reserved opcode', '83 80 00000000'],
    ['a reserved bit', 'c1 81 00000000 61'],
    ['a ping of 126 bytes', `89 fe 007e 00000000 ${'61'.repeat(126)}`],
  ])('%s closes with 1002, and reaches nobody', async (_, bytes) => {
    const before = await countMessages();
    const socket = await openRawSocket(port, token);
    socket.write(bytes);
    expect(closeCode(await socket.readToEnd())).toBe(1002);
    expect(await countMessages()).toBe(before);
  });

  test('a whole ping between two fragments is answered, and the message survives', async () => {
    const socket = await openRawSocket(port, token);
    const [first, second] = ['{"type":"Pi', 'ng","data":{"timestamp":7}}'].map((text) =>
      Buffer.from(text),
    ) as [Buffer, Buffer];
    const [begin, end] = [maskedFrame(0x1, first), maskedFrame(0x0, second)];
    begin[0] = 0x01;
    for (const bytes of [
      begin,
      maskedFrame(0x9, Buffer.from('x')),
      end,
      maskedFrame(0x8, Buffer.from([3, 232])),
    ])
      socket.write(bytes);
    const frames = await socket.readToEnd();
    expect(frames.find(({ opcode }) => opcode === 0xa)?.payload.toString()).toBe('x');
    expect(
      frames.some(({ payload }) => payload.toString() === '{"type":"Pong","data":{"timestamp":7}}'),
    ).toBe(true);
    expect(closeCode(frames)).toBe(1000);
  });
});

describe('text that is none', () => {
  test('closes with 1007', async () => {
    const socket = await openRawSocket(port, token);
    socket.write(maskedFrame(0x1, Buffer.from([0xc3, 0x28])));
    expect(closeCode(await socket.readToEnd())).toBe(1007);
  });

  test('F82: as the reason of a close, too', async () => {
    const socket = await openRawSocket(port, token);
    const reason = Buffer.concat([Buffer.from([3, 232]), Buffer.from('é'.repeat(61)), Buffer.from([0xc3])]);
    expect(reason).toHaveLength(125);
    socket.write(maskedFrame(0x8, reason));
    expect(closeCode(await socket.readToEnd())).toBe(1007);
  });
});

test('F82: a reason that is too long is cut at a character', () => {
  expect(cutReason('short')).toBe('short');
  expect(cutReason('é'.repeat(62))).toBe('é'.repeat(61));
  expect(cutReason('x'.repeat(124))).toBe('x'.repeat(123));
  expect(Buffer.byteLength(cutReason('😀'.repeat(40)))).toBe(120);
});

describe('S35: a message that is too long', () => {
  test('closes with 1009; one of just the limit does not', async () => {
    const socket = await openSocket(port, { token });
    const head = '{"type":"Broadcast","data":{"topic":"long","payload":"';
    const fill = (length: number) => `${head}${'x'.repeat(length - head.length - 3)}"}}`;
    expect(Buffer.byteLength(fill(65_536))).toBe(65_536);
    expect((await socket.ask(fill(65_536))).type).toBe('Ack');
    socket.send(fill(65_537));
    expect((await socket.closed).code).toBe(1009);
  });

  test('counts all its fragments', async () => {
    const socket = await openRawSocket(port, token);
    const part = Buffer.alloc(40_000, 0x61);
    const begin = maskedFrame(0x1, part);
    begin[0] = 0x01;
    socket.write(begin);
    socket.write(maskedFrame(0x0, part));
    expect(closeCode(await socket.readToEnd())).toBe(1009);
  });

  test('in a thousand pieces ends the connection', async () => {
    const socket = await openRawSocket(port, token);
    const begin = maskedFrame(0x1, Buffer.from('a'));
    begin[0] = 0x01;
    socket.write(begin);
    const next = maskedFrame(0x0, Buffer.from('a'));
    next[0] = 0x00;
    socket.write(Buffer.concat(Array.from({ length: 1000 }, () => next)));
    expect([1008, 1009]).toContain(closeCode(await socket.readToEnd()));
  });
});

describe('S35: too many messages', () => {
  test('are refused with how long to wait, and a flood ends with 4429', async () => {
    const socket = await openSocket(port, { token });
    for (let number = 0; number < 1000; number++) socket.send({ type: 'Ping' });
    const error = await socket.next('Error');
    expect(error.data).toMatchObject({ code: 429, details: { limit: 'connection' } });
    expect(error.data.details.retry_after_ms).toBeGreaterThan(0);
    expect((await socket.closed).code).toBe(4429);
  });

  test('a little beyond the limit are refused, and the connection stays', async () => {
    const login = await hub.signUp('hasty');
    const socket = await openSocket(port, { token: login.access_token });
    for (let number = 0; number < 260; number++) socket.send({ type: 'Ping' });
    expect((await socket.next('Error')).data.code).toBe(429);
    await expect.poll(async () => (await socket.ask({ type: 'Ping' })).type).toBe('Pong');
    await socket.close();
  });

  test('of one user are counted over all connections', async () => {
    const strict = await startHub({ RATE_LIMIT_USER_RPS: '1', RATE_LIMIT_USER_BURST: '5' });
    const strictPort = await strict.port();
    const [ada, bob] = [await strict.signUp('ada'), await strict.signUp('bob')];
    const sockets = [];
    for (let number = 0; number < 3; number++)
      sockets.push(await openSocket(strictPort, { token: ada.access_token }));
    const answers = [];
    for (const socket of sockets)
      for (let number = 0; number < 2; number++) answers.push((await socket.ask({ type: 'Ping' })).type);
    expect(answers).toEqual(['Pong', 'Pong', 'Pong', 'Pong', 'Pong', 'Error']);
    const other = await openSocket(strictPort, { token: bob.access_token });
    expect((await other.ask({ type: 'Ping' })).type).toBe('Pong');
    await strict.close();
  });

  test('with 0 are not limited', async () => {
    const free = await startHub({
      RATE_LIMIT_CONNECTION_RPS: '0',
      RATE_LIMIT_USER_RPS: '0',
      RATE_LIMIT_GLOBAL_RPS: '0',
    });
    const socket = await openSocket(await free.port(), { token: (await free.signUp('ada')).access_token });
    for (let number = 0; number < 3000; number++) socket.send({ type: 'Ping', data: { timestamp: number } });
    for (let number = 0; number < 3000; number++) expect((await socket.next()).data.timestamp).toBe(number);
    await free.close();
  });
});

describe('F89: who gives no sign of life', () => {
  test('is dropped, and who answers pings is not', async () => {
    const quick = await startHub({ HEARTBEAT_INTERVAL_SECS: '0.5', CLIENT_TIMEOUT_SECS: '1' });
    const quickPort = await quick.port();
    const { access_token: each } = await quick.signUp('ada');
    const lively = await openSocket(quickPort, { token: each });
    const dead = await openRawSocket(quickPort, each);
    const frames = await dead.readToEnd();
    expect(frames.filter(({ opcode }) => opcode === 9).length).toBeGreaterThan(0);
    expect(closeCode(frames)).toBe(4408);
    const health = async () => (await quick.get('/health')).json.active_connections;
    await expect.poll(health).toBe(1);
    let pings = 0;
    lively.ws.on('ping', () => pings++);
    await expect.poll(() => pings).toBeGreaterThan(3);
    expect((await lively.ask({ type: 'Ping' })).type).toBe('Pong');
    await quick.close();
  });
});

test('F86: who does not read is dropped at its limit, and all others get everything in order', async () => {
  const loaded = await startHub({
    RATE_LIMIT_CONNECTION_RPS: '0',
    RATE_LIMIT_USER_RPS: '0',
    RATE_LIMIT_GLOBAL_RPS: '0',
    MAX_QUEUED_BYTES: '262144',
  });
  const loadedPort = await loaded.port();
  const { access_token: each } = await loaded.signUp('ada');
  const messages = 3_000;
  const readers = await Promise.all(Array.from({ length: 9 }, () => openSocket(loadedPort, { token: each })));
  const stalled = await openRawSocket(loadedPort, each);
  stalled.text('{"type":"Subscribe","data":{"topics":["load"]}}');
  const received = await Promise.all(
    readers.map(async (reader) => {
      await reader.subscribe('load');
      const numbers: number[] = [];
      reader.ws.on('message', (data) => {
        const { type, data: content } = JSON.parse(String(data));
        if (type === 'Broadcast') numbers.push(content.payload.number);
      });
      return numbers;
    }),
  );
  const sender = await openSocket(loadedPort, { token: each });
  const dropped = async () =>
    /realtime_connections_dropped_total\S* (\d+)/.exec(
      (await loaded.get('/metrics?format=prometheus')).text,
    )?.[1];
  const filler = 'x'.repeat(8_000);
  let sent = 0;
  while (sent < messages) {
    for (let burst = 0; burst < 50; burst++)
      sender.send({ type: 'Broadcast', data: { topic: 'load', payload: { number: sent++, filler } } });
    for (let burst = 0; burst < 50; burst++) await sender.next('Ack');
  }
  const everything = Array.from({ length: messages }, (_, number) => number);
  for (const numbers of received) {
    await expect.poll(() => numbers.length).toBe(messages);
    expect(numbers).toEqual(everything);
  }
  expect(await dropped()).toBe('1');
  await once(stalled.socket.resume(), 'close');
  await loaded.close();
});
