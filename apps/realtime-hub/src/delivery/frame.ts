// A message as it goes over the wire, built once for all who get it (RFC 6455 §5.2).
import { Batch } from './batch.ts';

const FIN_TEXT = 0x81;
const IN_16_BITS = 126;
const IN_64_BITS = 127;

/** One whole text message of a server: unmasked, in one frame. */
export class Frame {
  readonly bytes: Buffer;
  #alone: Batch | null = null;

  constructor(text: string) {
    this.bytes = encodeFrame(text);
  }

  /** The batch in which it is the first. */
  get alone(): Batch {
    this.#alone ??= new Batch(null, this.bytes);
    return this.#alone;
  }
}

function encodeFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < IN_16_BITS ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = FIN_TEXT;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = IN_16_BITS;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = IN_64_BITS;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, head);
  return frame;
}
