/** Sessions as the store remembers them, in the shape in which those being played are shown. */
import type { ActiveSession, StoredJourney, StoredSession } from './session-store.ts';
import type { JourneyView, SessionView } from './sessions.ts';

const REMEMBERED_MS = 60 * 60 * 1000;

/** A stopped session cannot be looked at any more; one that ended by itself can, for an hour. */
export function isForgotten({ status, updatedAt }: StoredSession, now: Date): boolean {
  if (status === 'started') return false;
  return status === 'stopped' || now.getTime() - updatedAt.getTime() > REMEMBERED_MS;
}

export function toJourneyViews(journeys: readonly StoredJourney[]): JourneyView[] {
  return journeys.map(({ journey, startedAt, endedAt, end, steps }) => ({
    journey,
    status: end?.status ?? (startedAt === null ? 'waiting' : 'running'),
    reason: end?.status === 'failed' ? end.reason : null,
    startedAt,
    endedAt,
    steps,
  }));
}

export function toSessionView(session: StoredSession, journeys: readonly JourneyView[]): SessionView {
  return toActiveView({
    ...session,
    runningThreads: journeys.filter(({ status }) => status === 'running').length,
    completedThreads: journeys.filter(({ endedAt }) => endedAt !== null).length,
  });
}

export function toActiveView(session: ActiveSession): SessionView {
  return {
    sessionId: session.id,
    username: session.userId,
    searchKeyword: session.searchKeyword,
    targetDomain: session.targetDomain,
    driver: session.driver,
    // Started, and not played here: another runner plays it.
    status: session.status === 'started' ? 'running' : session.status,
    totalThreads: session.threadCount,
    runningThreads: session.runningThreads,
    completedThreads: session.completedThreads,
  };
}
