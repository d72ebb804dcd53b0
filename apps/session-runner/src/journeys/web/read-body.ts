/** Reads a body up to a limit, as it comes and as it unpacks: neither a huge page nor a small bomb costs more. */
import { pipeline, Readable, type Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';

/** What we say we understand, in the order in which we like it. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br, zstd';

/** A body that was cut, at our limit, still gives what it has. */
const ZLIB = { finishFlush: constants.Z_SYNC_FLUSH };
const UNPACKERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip(ZLIB)],
  ['x-gzip', () => createGunzip(ZLIB)],
  ['deflate', () => createInflate(ZLIB)],
  ['br', () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH })],
  // A window of 8 MB is what RFC 9659 allows; more would be memory that nobody counts.
  ['zstd', () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: 23 } })],
]);

export interface Body {
  readonly content: Buffer;
  /** As they came, packed where they were. */
  readonly bytes: number;
  /** There was more than the limit. */
  readonly isCut: boolean;
}

export function isReadable(encoding: string): boolean {
  return encoding === '' || encoding === 'identity' || UNPACKERS.has(encoding);
}

/** @throws whatever the connection or the unpacking failed with */
export async function readBody(source: Readable, encoding: string, limitBytes: number): Promise<Body> {
  const packed = new LimitedSource(source, limitBytes);
  const unpack = UNPACKERS.get(encoding);
  // The callback only keeps pipeline from throwing: an error comes out of the loop below too.
  const content = unpack ? pipeline(Readable.from(packed.read()), unpack(), () => undefined) : packed.read();
  const chunks: Buffer[] = [];
  let leftBytes = limitBytes;
  let isCut = false;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, leftBytes));
    leftBytes -= chunk.length;
    isCut = leftBytes < 0;
    if (isCut) break;
  }
  return { content: Buffer.concat(chunks), bytes: packed.bytes, isCut: isCut || packed.isCut };
}

class LimitedSource {
  readonly #source: Readable;
  readonly #limitBytes: number;
  bytes = 0;
  isCut = false;

  constructor(source: Readable, limitBytes: number) {
    this.#source = source;
    this.#limitBytes = limitBytes;
  }

  /** Leaving the loop destroys the source, and with it the connection. */
  async *read(): AsyncGenerator<Buffer> {
    for await (const chunk of this.#source as AsyncIterable<Buffer>) {
      const leftBytes = this.#limitBytes - this.bytes;
      this.isCut = chunk.length > leftBytes;
      this.bytes += Math.min(chunk.length, leftBytes);
      yield chunk.subarray(0, leftBytes);
      if (this.isCut) return;
    }
  }
}
