// Entries as they are stored. One entry is much like the next: 500 of them take a fortieth of their JSON, which saves the
// database more time than it costs here.
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

export interface PackedEntries {
  /** zstd, or the JSON itself where that is short; the two are told apart by zstd's magic number. */
  readonly stored: Buffer;
  /** Of the JSON. */
  readonly bytes: number;
}

/** More than 500 of the largest entries have. */
export const MAX_CHUNK_BYTES = 64 * 1024 * 1024;
/** Up to here PostgreSQL keeps a value in its row. */
const MAX_PLAIN_BYTES = 2000;
const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const PACKING = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
};
/** No frame makes its reader keep more than 8 MiB beside the result. */
const UNPACKING = { [constants.ZSTD_d_windowLogMax]: 23 };
/** Room for the last call, which finds out that nothing follows. */
const ROOM_BYTES = 64;

/** `json` is an array of entries, of which nothing is kept: the database does not look whether it is JSON. */
export function packEntries(json: string | Uint8Array): PackedEntries {
  const entries = typeof json === 'string' ? Buffer.from(json) : json;
  const isPlain = entries.length <= MAX_PLAIN_BYTES;
  return {
    stored: isPlain ? Buffer.from(entries) : zstdCompressSync(entries, PACKING),
    bytes: entries.length,
  };
}

/**
 * The JSON, as bytes that are the caller's own or `stored` itself. Never takes more memory than the bytes that it is
 * said to have, whatever is packed.
 *
 * @throws {Error} for what is no such JSON: too large, broken, or of another length
 */
export function unpackEntries({ stored, bytes }: PackedEntries): Buffer {
  const entries = isPacked(stored) ? decompress(stored, bytes) : stored;
  if (entries.length !== bytes)
    throw new RangeError(`A chunk has ${entries.length} bytes of entries, and should have ${bytes}.`);
  return entries;
}

function isPacked(stored: Buffer): boolean {
  return stored.subarray(0, MAGIC.length).equals(MAGIC);
}

function decompress(stored: Buffer, bytes: number): Buffer {
  if (!(bytes > 0 && bytes <= MAX_CHUNK_BYTES))
    throw new RangeError(`A chunk says that it has ${bytes} bytes of entries.`);
  return zstdDecompressSync(stored, {
    params: UNPACKING,
    maxOutputLength: bytes,
    chunkSize: bytes + ROOM_BYTES,
  });
}
