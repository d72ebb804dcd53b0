// What comes in on one connection: counted, limited, read, and carried out in its order.
import { type RateLimits, rateLimited } from '../limits/rate-limits.ts';
import type { Access } from '../login-sessions/access.ts';
import { type ClientMessage, parseClientMessage } from '../messages/client-message.ts';
import { MessageError } from '../messages/message-error.ts';
import { toStatus } from '../messages/server-message.ts';
import type { People, Standing } from '../people/people.ts';
import { CLOSE } from './close-code.ts';
import type { Connection } from './connection.ts';
import type { Counts } from './counts.ts';
import { Inbox } from './inbox.ts';
import { renew } from './renewal.ts';
import { applyStanding } from './standing.ts';
import { carryOut, needsStanding, type TaskContext } from './tasks.ts';

export interface ClientContext extends TaskContext {
  readonly people: People;
  readonly limits: RateLimits;
  readonly counts: Counts;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** An error of ours, which the client is told without its reason. */
  readonly onError: (error: unknown) => void;
}

const RETRY_AFTER_MS = 1000;

export class Client {
  readonly connection: Connection;
  readonly #context: ClientContext;
  readonly #inbox: Inbox;
  /** The stores are away, and what was known is too old. */
  #isUnknown = false;

  constructor(context: ClientContext, connection: Connection) {
    this.#context = context;
    this.connection = connection;
    this.#inbox = new Inbox({
      ask: (answered) => this.ask(answered),
      pause: () => connection.line.pause(),
      resume: () => connection.line.resume(),
    });
  }

  /** A sign of life. */
  hear(): void {
    this.connection.activeAt = this.#context.clock();
  }

  receiveText(data: Buffer): void {
    if (!this.#take()) return;
    let message: ClientMessage;
    try {
      message = parseClientMessage(data.toString());
    } catch (error) {
      this.#add(data.length, false, () => {
        throw error;
      });
      return;
    }
    const asks = needsStanding(message, this.connection);
    this.#add(data.length, asks, () =>
      withId('id' in message ? message.id : null, () => {
        if (asks && this.#isUnknown) throw unavailable();
        if (message.type === 'Auth') this.#renew(message.token);
        else carryOut(this.#context, this.connection, message);
      }),
    );
  }

  receiveBinary(size: number): void {
    if (!this.#take()) return;
    this.#add(size, false, () => this.connection.send(toStatus('binary_received', { size })));
  }

  /** Asks who it is now: the connection then has the rights of the answer, or ends. */
  ask(answered: () => void = () => {}): void {
    const { connection } = this;
    const { access } = connection;
    if (access === null) {
      answered();
      return;
    }
    connection.askedAt = this.#context.clock();
    this.#context.people.ask(access, (standing) => {
      // For a token that was replaced meanwhile the answer is void: the new one was asked for by itself.
      if (connection.access === access) this.#apply(standing);
      answered();
    });
  }

  /** The other side closed the connection. What it sent before that is still carried out. */
  leave(): void {
    this.connection.leave();
    if (this.connection.hasEnded) this.#inbox.close();
  }

  /** Counts a message; false when it is one too many, or the connection is ending. */
  #take(): boolean {
    this.hear();
    const { limits, counts, clock } = this.#context;
    const { connection } = this;
    counts.received++;
    if (!connection.isOpen) return false;
    const refusal = limits.take(connection.allowance, clock());
    if (refusal === null) return true;
    connection.sendError(rateLimited(refusal));
    if (refusal.isFlood) this.#close();
    return false;
  }

  #close(): void {
    this.#inbox.close();
    this.connection.close(CLOSE.flood, 'Far too many messages.');
  }

  #add(bytes: number, needsAnswer: boolean, work: () => void): void {
    this.#inbox.add({ bytes, needsStanding: needsAnswer, run: () => this.#try(work) });
  }

  #try(work: () => void): void {
    if (this.connection.hasEnded) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof MessageError)) this.#context.onError(error);
      this.connection.sendError(
        error instanceof MessageError ? error : new MessageError(500, 'Internal server error'),
      );
    }
  }

  #apply(standing: Standing): void {
    this.#isUnknown = standing.is === 'unknown';
    applyStanding(this.connection, standing, this.#context.index);
  }

  /** @throws {MessageError} 401, 403; the old token then goes on to its end */
  #renew(token: string): void {
    const { connection } = this;
    const access = this.#verify(token);
    if (connection.userId !== access.userId)
      throw new MessageError(403, 'This token does not belong to the user of this connection.');
    this.#context.people.ask(access, (standing) =>
      this.#try(() => {
        if (standing.is === 'unknown') throw unavailable();
        if (standing.is === 'gone') throw new MessageError(401, 'Invalid token');
        renew(connection, access, this.#context.connections);
        this.#apply(standing);
      }),
    );
  }

  #verify(token: string): Access {
    try {
      return this.#context.tokens.verify(token);
    } catch (error) {
      throw new MessageError(401, error instanceof Error ? error.message : 'Invalid token');
    }
  }
}

/** An error names the message that it answers, where the client gave it a name. */
function withId(id: string | null, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (id === null || !(error instanceof MessageError)) throw error;
    throw new MessageError(error.code, error.message, { message_id: id, ...error.details });
  }
}

function unavailable(): MessageError {
  const sentence = 'Your account cannot be checked at the moment. Please try again later.';
  return new MessageError(503, sentence, { retry_after_ms: RETRY_AFTER_MS });
}
