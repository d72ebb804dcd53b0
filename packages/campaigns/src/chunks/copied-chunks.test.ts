// Rows come in pieces that the network cuts where it likes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CopiedChunks } from './copied-chunks.ts';

const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const END = Buffer.from([0xff, 0xff]);

function toRow(first: number, last: number, entries: string): Buffer {
  const head = Buffer.alloc(30);
  head.writeInt16BE(3, 0);
  head.writeInt32BE(8, 2);
  head.writeBigInt64BE(BigInt(first), 6);
  head.writeInt32BE(8, 14);
  head.writeBigInt64BE(BigInt(last), 18);
  head.writeInt32BE(Buffer.byteLength(entries), 26);
  return Buffer.concat([head, Buffer.from(entries)]);
}

function read(pieces: readonly Buffer[]) {
  const copied = new CopiedChunks();
  for (const piece of pieces) copied.put(piece);
  return copied.finish().map((chunk) => ({ ...chunk, entries: String(chunk.entries) }));
}

const rows = fc.array(
  fc.record({ firstSequence: fc.maxSafeNat(), lastSequence: fc.maxSafeNat(), entries: fc.json() }),
);

test('whatever the cuts, the rows are the same', () => {
  fc.assert(
    fc.property(rows, fc.array(fc.nat(400)), (chunks, sizes) => {
      const bytes = chunks.map((chunk) => toRow(chunk.firstSequence, chunk.lastSequence, chunk.entries));
      let rest = Buffer.concat([HEADER, ...bytes, END]);
      const pieces: Buffer[] = [];
      for (const size of sizes) {
        pieces.push(rest.subarray(0, size));
        rest = rest.subarray(size);
      }
      expect(read([...pieces, rest])).toEqual(chunks);
    }),
  );
});

test('entries are bytes of their own: who writes over what came writes over nothing of theirs', () => {
  const bytes = Buffer.concat([HEADER, toRow(1, 2, '[1,2]'), END]);
  const copied = new CopiedChunks();
  copied.put(bytes);
  bytes.fill(0);
  expect(String(copied.finish()[0]?.entries)).toBe('[1,2]');
});

describe('what is no such answer is refused', () => {
  test.each([
    ['without its end', [HEADER, toRow(1, 2, '[1,2]')], 'COPY broke off.'],
    ['cut in a row', [HEADER, toRow(1, 2, '[1,2]').subarray(0, 33)], 'COPY broke off.'],
    ['empty', [], 'COPY broke off.'],
    ['longer than its end', [HEADER, END, END], 'COPY sent something after its end.'],
    ['text', [Buffer.from('1\t2\t[1,2]\n1\t2\t[1,2]\n')], 'This is no binary COPY.'],
    ['of other columns', [HEADER, Buffer.from([0, 2])], 'COPY sent a row of 2 columns.'],
  ])('%s', (_, pieces, message) => {
    expect(() => read(pieces)).toThrow(new TypeError(message));
  });
});
