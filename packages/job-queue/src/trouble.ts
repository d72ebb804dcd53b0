// What is said of a store that fails, and how often.
import { QueueError } from './job-queue.ts';

const QUIET_MS = 1000;

export interface Trouble {
  /** What a caller gets whose question found no answer. */
  toError(cause: unknown): QueueError;
  /** Tells who asked to be told, at most once a second. */
  report(error: unknown): void;
}

export function createTrouble(
  subject: { readonly name: string; readonly title: string },
  onError: ((error: Error) => void) | undefined,
): Trouble {
  let quietUntil = 0;
  let lastError: unknown;

  function toError(cause: unknown): QueueError {
    const reason = withoutCommand(isGivenUp(cause) ? (lastError ?? cause) : cause);
    const message = `The queue ${subject.name} has trouble with ${subject.title}: ${reason.message}`;
    return new QueueError('UNAVAILABLE', message, reason);
  }

  function report(error: unknown): void {
    if (!isGivenUp(error)) lastError = error;
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + QUIET_MS;
    onError?.(toError(error));
  }

  return { toError, report };
}

/** ioredis says how often it tried, and not why it failed. */
function isGivenUp(error: unknown): boolean {
  return error instanceof Error && error.name === 'MaxRetriesPerRequestError';
}

/** ioredis notes the command at its errors: the password, or the data of a job, would reach the log. */
function withoutCommand(error: unknown): Error {
  // Of a host with several addresses: its own message is empty.
  if (error instanceof AggregateError && error.errors.length > 0) return withoutCommand(error.errors[0]);
  if (!(error instanceof Error)) return new Error(String(error));
  if ('command' in error) delete error.command;
  return error;
}
