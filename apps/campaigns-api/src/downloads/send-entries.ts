// Writes entries to a client as they are read. An answer that cannot be whole breaks its connection off (F64).
import type { OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface EntriesAnswer {
  /** What stands around the list; the brackets are its own. */
  readonly before: string;
  readonly after: string;
  /** Entries as JSON, each with a comma before it. */
  read(signal: AbortSignal): AsyncGenerator<Buffer, void>;
  /** Told when the client has it all, and when something failed half-way, which is not the client going away. */
  readonly onSent?: () => void;
  readonly onFailed?: (error: unknown) => void;
  /** A reader that takes no byte for so long is gone (default 30,000); Node looks twice, so that it may take double. */
  readonly stalledAfterMs?: number | undefined;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const STALLED_AFTER_MS = 30_000;
const WRITE_BYTES = 64 * 1024;
const MANY = 3;

/** The first entries are read before anything is sent, so that a store that is away is still a 503. */
export async function sendEntries(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: EntriesAnswer,
): Promise<FastifyReply> {
  reply.type(JSON_TYPE);
  if (request.method === 'HEAD') return sendHead(reply);
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const pieces = answer.read(gone.signal);
  const first = await pieces.next();
  reply.raw.setTimeout(answer.stalledAfterMs ?? STALLED_AFTER_MS, () => reply.raw.destroy());
  if (answer.onSent) reply.raw.once('finish', answer.onSent);
  // Nothing is read ahead of a slow reader. If a piece fails, the stream does, and the socket with it.
  return reply.send(Readable.from(render(first, pieces, answer), { objectMode: false, highWaterMark: 1 }));
}

async function* render(
  first: IteratorResult<Buffer, void>,
  pieces: AsyncGenerator<Buffer, void>,
  { before, after, onFailed }: EntriesAnswer,
): AsyncGenerator<Buffer> {
  const waiting: Buffer[] = [Buffer.from(`${before}[`)];
  let bytes = 0;
  try {
    for (let piece = first; !piece.done; piece = await pieces.next()) {
      // Before the first entry of all there is no comma.
      waiting.push(piece === first ? piece.value.subarray(1) : piece.value);
      bytes += piece.value.length;
      if (bytes < WRITE_BYTES) continue;
      yield* take(waiting);
      bytes = 0;
    }
    waiting.push(Buffer.from(`]${after}`));
    yield* take(waiting);
  } catch (error) {
    onFailed?.(error);
    throw error;
  } finally {
    // Also when the reader went away: nothing more is read.
    await pieces.return();
  }
}

/** Large pieces go as they are, since joining copies them; a slow campaign has thousands of small ones. */
function take(waiting: Buffer[]): Buffer[] {
  const pieces = waiting.splice(0);
  return pieces.length > MANY ? [Buffer.concat(pieces)] : pieces;
}

/** Nobody reads a million entries to learn that they are there. */
function sendHead(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders).end();
  return reply;
}
