// A bare JSON array of any length in constant memory: read batch by batch, and written as it is read.
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Page } from './page.ts';

export interface BatchSource<Row> {
  /** At most `limit` rows after `last`, of which the first `offset` are left out; fewer than `limit` are the end. */
  read(batch: { last: Row | null; offset: number; limit: number }): Promise<Row[]>;
  toView(row: Row): unknown;
}

const BATCH = 200;

/** A failure of the first batch is the answer; a later one breaks the connection off, so that nobody takes it for the end. */
export async function sendList<Row>(reply: FastifyReply, page: Page, source: BatchSource<Row>) {
  const batches = readBatches(page, source);
  const first = await batches.next();
  reply.type('application/json; charset=utf-8');
  return reply.send(Readable.from(toJson(first, batches, source.toView), { objectMode: false }));
}

async function* readBatches<Row>({ limit, offset }: Page, source: BatchSource<Row>) {
  let left = limit ?? Number.POSITIVE_INFINITY;
  let last: Row | null = null;
  for (;;) {
    const size = Math.min(BATCH, left);
    const rows: Row[] = await source.read({ last, offset: last === null ? offset : 0, limit: size });
    yield rows;
    left -= rows.length;
    last = rows.at(-1) ?? null;
    if (rows.length < size || left === 0 || last === null) return;
  }
}

async function* toJson<Row>(
  first: IteratorResult<Row[], void>,
  rest: AsyncGenerator<Row[], void>,
  toView: (row: Row) => unknown,
) {
  let separator = '[';
  for (let batch = first; !batch.done; batch = await rest.next()) {
    if (batch.value.length > 0)
      yield separator + batch.value.map((row) => JSON.stringify(toView(row))).join(',');
    if (batch.value.length > 0) separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}
