// One connection: who it is, what it may do, and what it is subscribed to. It knows no sockets.
import { randomUUID } from 'node:crypto';
import { Frame } from '../delivery/frame.ts';
import { Outlet } from '../delivery/outlet.ts';
import type { WriteSchedule } from '../delivery/write-schedule.ts';
import type { Allowance } from '../limits/rate-limits.ts';
import type { Access } from '../login-sessions/access.ts';
import type { MessageError } from '../messages/message-error.ts';
import { toErrorMessage } from '../messages/server-message.ts';
import type { Rights } from '../rights/rights.ts';
import type { Marked } from '../topics/topic-index.ts';
import type { Person } from '../topics/topic-rights.ts';
import { CLOSE, type CloseCode } from './close-code.ts';
import type { Counts } from './counts.ts';
import type { Line } from './line.ts';

export interface ConnectionOptions {
  readonly line: Line;
  /** Null for anonymous ones. */
  readonly access: Access | null;
  readonly rights: Rights;
  readonly allowance: Allowance;
  readonly schedule: WriteSchedule;
  readonly maxQueuedBytes: number;
  readonly counts: Counts;
  /** Milliseconds of a clock that never goes back. */
  readonly now: number;
}

export class Connection implements Marked, Person {
  readonly id = randomUUID();
  readonly line: Line;
  readonly allowance: Allowance;
  /** Patterns as the client gave them. */
  readonly subscriptions = new Set<string>();
  access: Access | null;
  rights: Rights;
  visit = 0;
  /** When the other side last gave a sign of life; the clock of `now`, so below. */
  activeAt: number;
  pingedAt: number;
  askedAt: number;
  /** The client was asked for a new token. */
  isWarned = false;
  #state: 'open' | 'left' | 'ended' = 'open';
  readonly #outlet: Outlet;
  readonly #counts: Counts;

  constructor({ line, access, rights, allowance, schedule, maxQueuedBytes, counts, now }: ConnectionOptions) {
    this.line = line;
    this.access = access;
    this.rights = rights;
    this.allowance = allowance;
    this.activeAt = now;
    this.pingedAt = now;
    this.askedAt = now;
    this.#counts = counts;
    this.#outlet = new Outlet({
      wire: line,
      schedule,
      maxQueuedBytes,
      onOverflow: () => this.#drop(CLOSE.tooSlow, 'You do not read fast enough.'),
    });
  }

  get userId(): string | null {
    return this.access === null ? null : this.access.userId;
  }

  /** False from the moment on when it is being closed, or the other side left. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** The other side closed it: nothing is delivered any more, but what it sent before still counts. */
  get hasLeft(): boolean {
    return this.#state === 'left';
  }

  /** The hub closes it: nothing that it sent is done any more. */
  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** False when it cannot take the frame any more. */
  deliver(frame: Frame): boolean {
    if (!this.#outlet.send(frame)) return false;
    this.#counts.sent++;
    return true;
  }

  /** To this connection alone. */
  send(text: string): boolean {
    return this.deliver(new Frame(text));
  }

  sendError(error: MessageError): void {
    this.#counts.errors++;
    this.send(toErrorMessage(error));
  }

  /** What was sent before goes out first. */
  close(code: CloseCode, reason: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    this.#outlet.close();
    this.line.close(code, reason);
  }

  /** For a side that does not answer. */
  drop(code: CloseCode, reason: string): void {
    if (this.#state === 'open') this.#drop(code, reason);
  }

  /** Writes what waits to be written. */
  flush(): void {
    this.#outlet.flush();
  }

  leave(): void {
    if (this.#state === 'open') this.#state = 'left';
    this.#outlet.close();
  }

  #drop(code: CloseCode, reason: string): void {
    this.#counts.dropped++;
    this.#state = 'ended';
    this.line.drop(code, reason);
  }
}
