// A list of books as the bytes that go to the wire, which a change renews in one place only.
// Versions share what did not change: a slow reader of an old version keeps little of it alive for itself.

export interface Row {
  readonly id: number;
  readonly json: string;
}

/** A book as it is now; null when it is not, or no longer, in the list. */
export interface RowChange {
  readonly id: number;
  readonly json: string | null;
}

/** Rows in the order of their ids. */
interface Chunk {
  readonly ids: readonly number[];
  /** Where each row ends in `bytes`. */
  readonly ends: readonly number[];
  /** Each row is a comma and the book's JSON. */
  readonly bytes: Buffer;
}

/** Large enough that a long list is few pieces to write, small enough to rebuild for one book. */
const CHUNK_BYTES = 128 * 1024;
const OPEN = Buffer.from('[');
const CLOSE = Buffer.from(']');

/** Never changes; `withChanges` makes the next version. */
export class RowList {
  static readonly empty: RowList = new RowList([]);

  readonly #chunks: readonly Chunk[];
  /** The size of the JSON array, in bytes. */
  readonly byteLength: number;
  #pieces: readonly Buffer[] | undefined;

  private constructor(chunks: readonly Chunk[]) {
    this.#chunks = chunks;
    const rows = chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
    // The first row has no comma.
    this.byteLength = Math.max(OPEN.length + CLOSE.length, rows + 1);
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  /** The JSON array: a short list is one buffer, made once and shared by all who send it. */
  get pieces(): readonly Buffer[] {
    this.#pieces ??= this.#joinPieces();
    return this.#pieces;
  }

  #joinPieces(): readonly Buffer[] {
    const pieces = this.#chunks.map(({ bytes }) => bytes);
    if (pieces[0]) pieces[0] = pieces[0].subarray(1);
    const all = [OPEN, ...pieces, CLOSE];
    return this.byteLength <= CHUNK_BYTES ? [Buffer.concat(all, this.byteLength)] : all;
  }

  /** Adds rows whose ids follow all that are there. */
  withPage(rows: readonly Row[]): RowList {
    const builder = new ChunkBuilder();
    for (const row of rows) builder.addRow(row.id, row.json);
    return new RowList([...this.#chunks, ...builder.finish()]);
  }

  /** Inserts, replaces and removes rows; the changes may come in any order, each id once. */
  withChanges(changes: readonly RowChange[]): RowList {
    const sorted = changes.toSorted((a, b) => a.id - b.id);
    const chunks: Chunk[] = [];
    let next = 0;
    this.#chunks.forEach((chunk, index) => {
      // The first chunk takes what comes before it, and each takes what comes before the next.
      const limit = this.#chunks[index + 1]?.ids[0] ?? Number.POSITIVE_INFINITY;
      const start = next;
      while (next < sorted.length && (sorted[next]?.id ?? limit) < limit) next++;
      if (start === next) chunks.push(chunk);
      else chunks.push(...rebuildChunk(chunk, sorted.slice(start, next)));
    });
    return this.#chunks.length > 0 ? new RowList(chunks) : RowList.empty.withPage(sorted.filter(isRow));
  }
}

function isRow(change: RowChange): change is Row {
  return change.json !== null;
}

function rebuildChunk(chunk: Chunk, changes: readonly RowChange[]): Chunk[] {
  const builder = new ChunkBuilder();
  let kept = 0;
  for (const { id, json } of changes) {
    const place = findPlace(chunk.ids, id);
    builder.addRowsOf(chunk, kept, place);
    if (json !== null) builder.addRow(id, json);
    kept = chunk.ids[place] === id ? place + 1 : place;
  }
  builder.addRowsOf(chunk, kept, chunk.ids.length);
  return builder.finish();
}

/** The index of the first id that is not below `id`. */
function findPlace(ids: readonly number[], id: number): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? id) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

class ChunkBuilder {
  readonly #finished: Chunk[] = [];
  #ids: number[] = [];
  #ends: number[] = [];
  #parts: Buffer[] = [];
  #length = 0;

  addRow(id: number, json: string): void {
    const bytes = Buffer.from(`,${json}`);
    this.#parts.push(bytes);
    this.#length += bytes.length;
    this.#ids.push(id);
    this.#ends.push(this.#length);
    if (this.#length >= CHUNK_BYTES) this.#finishChunk();
  }

  /** Copies the rows of another chunk as one run of bytes. */
  addRowsOf(chunk: Chunk, from: number, to: number): void {
    if (from >= to) return;
    const start = from === 0 ? 0 : (chunk.ends[from - 1] ?? 0);
    const shift = this.#length - start;
    for (let row = from; row < to; row++) {
      this.#ids.push(chunk.ids[row] ?? 0);
      this.#ends.push((chunk.ends[row] ?? 0) + shift);
    }
    this.#length = this.#ends.at(-1) ?? 0;
    this.#parts.push(chunk.bytes.subarray(start, this.#length - shift));
  }

  finish(): Chunk[] {
    if (this.#ids.length > 0) this.#finishChunk();
    return this.#finished.flatMap(halveLarge);
  }

  #finishChunk(): void {
    this.#finished.push({
      ids: this.#ids,
      ends: this.#ends,
      bytes: Buffer.concat(this.#parts, this.#length),
    });
    [this.#ids, this.#ends, this.#parts, this.#length] = [[], [], [], 0];
  }
}

/** Without this, ids that come in falling order would all grow the first chunk. */
function halveLarge(chunk: Chunk): Chunk[] {
  if (chunk.bytes.length < 2 * CHUNK_BYTES || chunk.ids.length < 2) return [chunk];
  const row = chunk.ids.length >> 1;
  const start = chunk.ends[row - 1] ?? 0;
  return [
    { ids: chunk.ids.slice(0, row), ends: chunk.ends.slice(0, row), bytes: chunk.bytes.subarray(0, start) },
    {
      ids: chunk.ids.slice(row),
      ends: chunk.ends.slice(row).map((end) => end - start),
      bytes: chunk.bytes.subarray(start),
    },
  ];
}
