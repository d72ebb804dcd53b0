/** What the service of sessions answers when it cannot do what was asked. */
import { AppError } from '@trafficflux/service-kit';
import { SessionStoreUnavailableError } from './session-store.ts';

export const notFound = () => new AppError('not-found', 'Session not found', { code: 'SESSION_NOT_FOUND' });

export const accessDenied = () =>
  new AppError('forbidden', 'Access denied to this session', { code: 'SESSION_ACCESS_DENIED' });

export const tooManyThreads = (max: number) =>
  new AppError('bad-request', `Thread count cannot exceed ${max}`, { code: 'TOO_MANY_THREADS' });

export const tooFewThreads = () =>
  new AppError('bad-request', 'Thread count must be at least 1', { code: 'TOO_FEW_THREADS' });

export const tooManySessions = (max: number) =>
  new AppError('rate-limited', `User already has ${max} active session(s).`, {
    code: 'TOO_MANY_SESSIONS',
    retryAfterSeconds: 5,
  });

export const lineFull = () =>
  new AppError('rate-limited', 'Too many journeys are waiting for a thread. Try again later.', {
    code: 'LINE_FULL',
    retryAfterSeconds: 5,
  });

export const stopping = () =>
  new AppError('unavailable', 'The session runner is shutting down.', { retryAfterSeconds: 1 });

export const storeAway = (cause: unknown) =>
  new AppError('unavailable', 'The session store is out of reach. Try again later.', {
    code: 'STORE_UNAVAILABLE',
    retryAfterSeconds: 1,
    cause,
  });

/** Waits for the store, and says in public words when it is away. */
export async function askStore<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof SessionStoreUnavailableError ? storeAway(error) : error;
  }
}
