/** Entries as the database stores them, read without the product's own reader, which is what they are to show. */
import { zstdDecompressSync } from 'node:zlib';
import type { Entry } from './record.ts';

const ZSTD = Buffer.from('28b52ffd', 'hex');

export function readEntries(stored: Buffer): Entry[] {
  const isPacked = stored.subarray(0, ZSTD.length).equals(ZSTD);
  return JSON.parse(String(isPacked ? zstdDecompressSync(stored) : stored));
}
