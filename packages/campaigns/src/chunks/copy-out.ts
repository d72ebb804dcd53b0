import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** Room for what the server sends while a piece is being taken. */
const BUFFER_BYTES = 256 * 1024;

/** Runs a `COPY … TO STDOUT` on a connection of its own, and takes each piece as it comes. */
export async function copyOut(
  pool: pg.Pool,
  statement: string,
  take: (piece: Buffer) => void,
): Promise<void> {
  const client = await pool.connect();
  const ignore = () => {};
  // The connection's failure is the copy's too, and is told there.
  client.on('error', ignore);
  let failure: Error | undefined;
  try {
    const copy = client.query(copyTo(statement, { highWaterMark: BUFFER_BYTES }));
    // What fails after the first failure tells nothing new.
    copy.on('error', ignore);
    try {
      for await (const piece of copy) take(piece);
    } finally {
      endTimeLimit(copy);
    }
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw failure;
  } finally {
    client.off('error', ignore);
    // After a failure nobody knows what the connection still sends.
    client.release(failure);
  }
}

/** The driver ends its limit of time when a query calls back, which a stream never does: it would fail long after its end. */
function endTimeLimit(copy: pg.Submittable): void {
  (copy as { readonly callback?: () => void }).callback?.();
}
