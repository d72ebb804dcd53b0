import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { encodeClientFrame, FrameCounter, MessageReader } from './frames.ts';

/** As a server sends it. */
function toServerFrame(payload: string, first = 0x81): Buffer {
  const body = Buffer.from(payload);
  const { length } = body;
  if (length < 126) return Buffer.concat([Buffer.of(first, length), body]);
  if (length < 65_536) return Buffer.concat([Buffer.of(first, 126, length >> 8, length & 255), body]);
  const head = Buffer.alloc(10);
  head.set([first, 127]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, body]);
}

const sizes = [0, 1, 125, 126, 300, 65_535, 65_536, 70_000];

describe('frames', () => {
  it('are counted whatever pieces they come in', () => {
    const stream = Buffer.concat(sizes.map((size) => toServerFrame('x'.repeat(size))));
    for (const piece of [1, 2, 3, 7, 125, 4096, stream.length]) {
      const counter = new FrameCounter('one');
      let count = 0;
      for (let at = 0; at < stream.length; at += piece) {
        const part = stream.subarray(at, at + piece);
        count += counter.count(part, part.length);
      }
      expect(count).toBe(sizes.length);
    }
  });

  it('of control and of fragments that go on are no messages', () => {
    const stream = Buffer.concat([
      toServerFrame('ping', 0x89),
      toServerFrame('pong', 0x8a),
      toServerFrame('begin', 0x01),
      toServerFrame('goes on', 0x80),
      toServerFrame('whole'),
    ]);
    expect(new FrameCounter('one').count(stream, stream.length)).toBe(2);
  });

  it('of several lines are as many messages, and bytes beyond the length are none', () => {
    const stream = Buffer.concat([toServerFrame('{}\n{}\n{}'), toServerFrame('{}'), toServerFrame('a\nb')]);
    const counter = new FrameCounter('lines');
    const end = stream.length - 5;
    expect(counter.count(stream, end)).toBe(4);
    expect(counter.count(stream.subarray(end), 5)).toBe(2);
  });

  it('are read as texts, whatever pieces they come in, without control frames', () => {
    const texts = ['one', 'ä'.repeat(99), 'three'];
    const [one, two, three] = texts.map((text) => toServerFrame(text));
    const stream = Buffer.concat([one!, toServerFrame('', 0x89), two!, three!]);
    for (const piece of [1, 3, 64, stream.length]) {
      const reader = new MessageReader();
      const read: string[] = [];
      for (let at = 0; at < stream.length; at += piece)
        read.push(...reader.read(stream.subarray(at, at + piece), 'one'));
      expect(read).toEqual(texts);
    }
  });

  it('of several lines are read as several messages', () => {
    expect(new MessageReader().read(toServerFrame('a\nb\n'), 'lines')).toEqual(['a', 'b']);
  });

  it('of a client are taken by a server', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
    const socket = connect(address.port, '127.0.0.1');
    const key = Buffer.alloc(16).toString('base64');
    socket.write(
      `GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    const [peer] = await once(server, 'connection');
    const received: string[] = [];
    const texts = ['', 'ä'.repeat(50), 'x'.repeat(126), 'y'.repeat(65_535)];
    const all = new Promise<void>((resolve) => {
      peer.on('message', (data: Buffer) => {
        received.push(data.toString());
        if (received.length === texts.length) resolve();
      });
    });
    for (const text of texts) socket.write(encodeClientFrame(text));
    await all;
    expect(received).toEqual(texts);
    socket.destroy();
    server.close();
    await once(server, 'close');
  });
});
