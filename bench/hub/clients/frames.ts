// WebSocket frames as a load generator needs them (RFC 6455 §5.2): built masked, and counted by their lengths alone.
import { randomBytes } from 'node:crypto';

const [FIN_TEXT, MASKED, IN_16_BITS, IN_64_BITS] = [0x81, 0x80, 126, 127];
const OPCODE_BITS = 0x0f;
const [CONTINUATION, TEXT, BINARY] = [0, 1, 2];
const LINE_END = 0x0a;

/** One whole text message of a client. */
export function encodeClientFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  if (length > 0xffff) throw new RangeError('no message of the benchmark is that long');
  const mask = randomBytes(4);
  const head =
    length < IN_16_BITS
      ? Buffer.of(FIN_TEXT, MASKED | length)
      : Buffer.of(FIN_TEXT, MASKED | IN_16_BITS, length >> 8, length & 0xff);
  for (let index = 0; index < length; index += 1)
    payload[index] = (payload[index] ?? 0) ^ (mask[index & 3] ?? 0);
  return Buffer.concat([head, mask, payload]);
}

/** How many messages one data frame carries: one, or one in each of its lines (Centrifugo joins them). */
export type MessagesInFrame = 'one' | 'lines';

/** Counts the messages of one connection, whatever pieces its bytes come in; it never looks into a payload of one. */
export class FrameCounter {
  readonly #hasLines: boolean;
  readonly #head = Buffer.alloc(10);
  #headLength = 0;
  #left = 0;
  #isData = false;

  constructor(messages: MessagesInFrame) {
    this.#hasLines = messages === 'lines';
  }

  /** How many messages began in the first `length` bytes. */
  count(bytes: Uint8Array, length: number): number {
    let messages = 0;
    let at = 0;
    while (at < length) {
      if (this.#left > 0) {
        const end = Math.min(length, at + this.#left);
        if (this.#hasLines && this.#isData) messages += countLineEnds(bytes, at, end);
        this.#left -= end - at;
        at = end;
        continue;
      }
      this.#head[this.#headLength++] = bytes[at++] ?? 0;
      if (this.#headLength < 2 || this.#headLength < getHeadLength(this.#head[1] ?? 0)) continue;
      this.#isData = isData(this.#head[0] ?? 0);
      // A continuation goes on with a message that was counted.
      if (this.#isData && ((this.#head[0] ?? 0) & OPCODE_BITS) !== CONTINUATION) messages += 1;
      this.#left = readPayloadLength(this.#head);
      this.#headLength = 0;
    }
    return messages;
  }
}

function isData(first: number): boolean {
  const opcode = first & OPCODE_BITS;
  return opcode === TEXT || opcode === BINARY || opcode === CONTINUATION;
}

/** Of an unmasked frame with this second byte. */
function getHeadLength(second: number): number {
  return second < IN_16_BITS ? 2 : second === IN_16_BITS ? 4 : 10;
}

function readPayloadLength(head: Buffer): number {
  const short = head[1] ?? 0;
  if (short === IN_16_BITS) return head.readUInt16BE(2);
  return short === IN_64_BITS ? Number(head.readBigUInt64BE(2)) : short;
}

function countLineEnds(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at += 1) if (bytes[at] === LINE_END) lines += 1;
  return lines;
}

/** Hands on the text of each message, and leaves out control frames. No message of the benchmark is in fragments. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The messages that end in these bytes; it keeps a copy of what goes on. */
  read(bytes: Uint8Array, messages: MessagesInFrame): string[] {
    const buffer = Buffer.concat([this.#rest, bytes]);
    const texts: string[] = [];
    let at = 0;
    while (buffer.length - at >= 2) {
      const headLength = getHeadLength(buffer[at + 1] ?? 0);
      if (buffer.length - at < headLength) break;
      const end = at + headLength + readPayloadLength(buffer.subarray(at, at + headLength));
      if (end > buffer.length) break;
      if (isData(buffer[at] ?? 0)) texts.push(buffer.toString('utf8', at + headLength, end));
      at = end;
    }
    this.#rest = buffer.subarray(at);
    return messages === 'lines'
      ? texts.flatMap((text) => text.split('\n')).filter((text) => text !== '')
      : texts;
  }

  /** The next bytes begin a frame. */
  reset(): void {
    this.#rest = Buffer.alloc(0);
  }
}
