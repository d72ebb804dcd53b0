// A WebSocket client that may break every rule: it sends bytes, and reads frames only when it is told to.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Resolves after the 101, and reads nothing more before `read`. */
export async function openRawSocket(port: number, token: string) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const key = randomBytes(16).toString('base64');
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
  const rest = await readHead(socket);
  return {
    socket,
    /** As hexadecimal digits, or bytes. */
    write: (bytes: string | Buffer) =>
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes.replaceAll(' ', ''), 'hex') : bytes),
    text: (text: string) => socket.write(maskedFrame(0x1, Buffer.from(text))),
    /** Every frame until the hub ends the connection. */
    async readToEnd(): Promise<RawFrame[]> {
      const chunks = [rest];
      socket.on('error', () => {});
      for await (const chunk of socket) chunks.push(chunk);
      return parseFrames(Buffer.concat(chunks));
    },
    destroy: () => socket.destroy(),
  };
}

/** A client's frame, whole and masked with zeros. */
export function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head =
    length < 126
      ? [0x80 | opcode, 0x80 | length]
      : length < 65_536
        ? [0x80 | opcode, 0xfe, length >> 8, length & 0xff]
        : [0x80 | opcode, 0xff, 0, 0, 0, 0, 0, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]);
}

/** The code of the close frame; null where there is none. */
export function closeCode(frames: readonly RawFrame[]): number | null {
  const close = frames.find(({ opcode }) => opcode === 8);
  return close === undefined || close.payload.length < 2 ? null : close.payload.readUInt16BE(0);
}

async function readHead(socket: Socket): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for (;;) {
    const [chunk] = await once(socket, 'data');
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) continue;
    socket.pause();
    if (!head.toString('latin1', 0, end).startsWith('HTTP/1.1 101 ')) throw new Error(head.toString());
    return head.subarray(end + 4);
  }
}

function parseFrames(bytes: Buffer): RawFrame[] {
  const frames: RawFrame[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = (bytes[at + 1] as number) & 0x7f;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    const length =
      short === 126
        ? bytes.readUInt16BE(at + 2)
        : short === 127
          ? Number(bytes.readBigUInt64BE(at + 2))
          : short;
    frames.push({
      opcode: (bytes[at] as number) & 0xf,
      payload: bytes.subarray(at + head, at + head + length),
    });
    at += head + length;
  }
  return frames;
}
