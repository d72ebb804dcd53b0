// What a connection needs of whatever it is connected by.
import type { Wire } from '../delivery/wire.ts';
import type { CloseCode } from './close-code.ts';

export interface Line extends Wire {
  /** A protocol ping; the answer is a sign of life. */
  ping(): void;
  /** Sends what was written, says why, and waits a moment for the other side. */
  close(code: CloseCode, reason: string): void;
  /** Says why as far as it gets through, and ends at once: the other side is not there, or does not read. */
  drop(code: CloseCode, reason: string): void;
  /** Takes no more messages for now: the other side has to wait. */
  pause(): void;
  resume(): void;
}
