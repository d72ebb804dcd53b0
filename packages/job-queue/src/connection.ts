// How BullMQ's queues and workers come to be connected, and how they end, within a bounded time.
import type { EventEmitter } from 'node:events';
import type { Closable, Queue, Worker } from './bull.ts';
import { within } from './within.ts';

const CLOSE_TIMEOUT_MS = 2000;

/** Resolves once it is connected; what cannot be reached is ended, since BullMQ remembers that for ever. */
export async function connect<Part extends Queue | Worker>(
  closable: Closable<Part>,
  timeoutMs: number,
  onError: (error: Error) => void,
): Promise<Part> {
  const { part } = closable;
  const events: EventEmitter = part;
  const { promise: refused, reject } = Promise.withResolvers<never>();
  // BullMQ itself would go on trying, and say nothing.
  events.on('error', reject);
  events.on('error', onError);
  try {
    await within(timeoutMs, Promise.race([part.waitUntilReady(), refused]));
    return part;
  } catch (error) {
    void disconnect(closable);
    throw error;
  } finally {
    events.off('error', reject);
  }
}

/** Never rejects. */
export async function disconnect(closable: Closable<Queue | Worker>): Promise<void> {
  try {
    await within(CLOSE_TIMEOUT_MS, closable.part.close());
  } catch {
    closable.destroy();
  }
}
