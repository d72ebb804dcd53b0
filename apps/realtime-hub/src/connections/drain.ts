// The end of a node: its connections are sent away one after the other.
import { setTimeout as wait } from 'node:timers/promises';
import { toStatus } from '../messages/server-message.ts';
import { CLOSE } from './close-code.ts';
import type { Connection } from './connection.ts';

const STEP_MS = 50;
/** As many as the next node lets in without effort. */
const MOST_PER_SECOND = 1_000;
const SHORTEST_DELAY_MS = 250;
const DELAY_SPREAD_MS = 750;

/** Each is told how long to wait before it comes back, and closed with 1012. */
export async function drain(connections: readonly Connection[], windowMs: number): Promise<void> {
  const spreadMs = Math.min(windowMs, (connections.length * 1000) / MOST_PER_SECOND);
  const steps = Math.max(1, Math.ceil(spreadMs / STEP_MS));
  const perStep = Math.ceil(connections.length / steps);
  for (let from = 0; from < connections.length; from += perStep) {
    if (from > 0) await wait(STEP_MS);
    for (const connection of connections.slice(from, from + perStep)) sendAway(connection);
  }
}

function sendAway(connection: Connection): void {
  const delayMs = Math.round(SHORTEST_DELAY_MS + Math.random() * DELAY_SPREAD_MS);
  connection.send(toStatus('reconnect', { delay_ms: delayMs }));
  connection.close(CLOSE.restart, 'The server restarts.');
}
