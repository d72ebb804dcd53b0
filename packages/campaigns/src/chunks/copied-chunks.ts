// Rows of chunks as COPY sends them in its binary format: the entries come as bytes and never become a text, which takes
// three times as long.
import type { StoredChunk } from './chunk-reader.ts';

type CopiedChunk = Omit<StoredChunk, 'campaignId'>;

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
/** The signature, the flags, and the length of an extension that no server has. */
const HEADER_BYTES = SIGNATURE.length + 8;
const COUNT_BYTES = 2;
const COLUMNS = 3;
const NO_MORE_ROWS = -1;
/** Two numbers of 8 bytes and the entries, each after its length. */
const ROW_HEAD_BYTES = 28;
const [FIRST_AT, LAST_AT, LENGTH_AT] = [4, 16, 24];

/** Reads `first_sequence, last_sequence, entries` from pieces that are cut anywhere. */
export class CopiedChunks {
  readonly #chunks: CopiedChunk[] = [];
  #wanted = Buffer.allocUnsafe(HEADER_BYTES);
  #filled = 0;
  #next: (bytes: Buffer) => void = this.#readHeader;

  /** @throws {TypeError} for what is no such row */
  put(piece: Buffer): void {
    for (let at = 0; at < piece.length; ) {
      const copied = piece.copy(this.#wanted, this.#filled, at);
      if (copied === 0) throw new TypeError('COPY sent something after its end.');
      at += copied;
      this.#filled += copied;
      if (this.#filled === this.#wanted.length) this.#next(this.#wanted);
    }
  }

  /** @throws {TypeError} if the end did not come */
  finish(): readonly CopiedChunk[] {
    if (this.#wanted.length > 0) throw new TypeError('COPY broke off.');
    return this.#chunks;
  }

  #want(bytes: number, next: (bytes: Buffer) => void): void {
    this.#wanted = Buffer.allocUnsafe(bytes);
    this.#filled = 0;
    this.#next = next;
  }

  #readHeader(header: Buffer): void {
    if (!header.subarray(0, SIGNATURE.length).equals(SIGNATURE))
      throw new TypeError('This is no binary COPY.');
    this.#want(COUNT_BYTES, this.#readCount);
  }

  #readCount(bytes: Buffer): void {
    const count = bytes.readInt16BE();
    if (count === NO_MORE_ROWS) this.#want(0, this.#readCount);
    else if (count === COLUMNS) this.#want(ROW_HEAD_BYTES, this.#readRow);
    else throw new TypeError(`COPY sent a row of ${count} columns.`);
  }

  #readRow(head: Buffer): void {
    const firstSequence = Number(head.readBigInt64BE(FIRST_AT));
    const lastSequence = Number(head.readBigInt64BE(LAST_AT));
    this.#want(head.readInt32BE(LENGTH_AT), (entries) => {
      this.#chunks.push({ firstSequence, lastSequence, entries });
      this.#want(COUNT_BYTES, this.#readCount);
    });
  }
}
