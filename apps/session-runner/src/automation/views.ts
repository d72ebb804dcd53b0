// Sessions as the documents show them.
import type { JourneyStep } from '../journeys/journey.ts';
import type { StoredSession } from '../sessions/session-store.ts';
import type {
  JourneyView,
  SessionCounts,
  SessionOrder,
  SessionView,
  StartedSession,
  StoppedSession,
} from '../sessions/sessions.ts';

export function toStarted(order: SessionOrder, { sessionId, driver }: StartedSession) {
  return {
    status: 'started' as const,
    search_keyword: order.searchKeyword,
    target_domain: order.targetDomain,
    session_id: sessionId,
    thread_count: order.threadCount,
    user: order.username,
    driver,
  };
}

export function toOverview(user: string, sessions: readonly SessionView[]) {
  const entries = sessions.map((session) => [session.sessionId, toActive(session)] as const);
  return { user, active_sessions: Object.fromEntries(entries), total_sessions: sessions.length };
}

function toActive(session: SessionView) {
  return {
    search_keyword: session.searchKeyword,
    target_domain: session.targetDomain,
    thread_count: session.totalThreads,
    status: session.status,
    running_threads: session.runningThreads,
    driver: session.driver,
  };
}

export function toStatus(session: SessionView & { readonly journeys: readonly JourneyView[] }) {
  return {
    session_id: session.sessionId,
    search_keyword: session.searchKeyword,
    target_domain: session.targetDomain,
    total_threads: session.totalThreads,
    running_threads: session.runningThreads,
    completed_threads: session.completedThreads,
    status: session.status,
    driver: session.driver,
    journeys: session.journeys.map(toJourney),
    steps: session.journeys.flatMap(({ journey, steps }) => steps.map((step) => toStep(journey, step))),
  };
}

function toJourney({ journey, status, reason, startedAt, endedAt }: JourneyView) {
  return {
    journey,
    status,
    reason,
    started_at: startedAt?.toISOString() ?? null,
    ended_at: endedAt?.toISOString() ?? null,
  };
}

function toStep(journey: number, step: JourneyStep) {
  return {
    journey,
    number: step.number,
    action: step.action,
    url: step.url,
    outcome: step.outcome,
    status: step.status,
    started_at: new Date(step.startedAtMs).toISOString(),
    duration_ms: step.durationMs,
    bytes: step.bytes,
    matches: step.matches,
    note: step.note,
  };
}

export function toStopped(user: string, { sessionId, threadsCompleted, totalThreads }: StoppedSession) {
  return {
    status: 'stopped' as const,
    session_id: sessionId,
    threads_completed: threadsCompleted,
    total_threads: totalThreads,
    user,
  };
}

/** Nothing to stop is an error in words and none in the status, as documented of old. */
export function toAllStopped(user: string, sessions: readonly StoppedSession[]) {
  if (sessions.length === 0) {
    return { status: 'error' as const, message: 'No active sessions found for user.' };
  }
  return {
    status: 'stopped' as const,
    message: `Stopped ${sessions.length} session(s)`,
    sessions: sessions.map((session) => toStopped(user, session)),
    user,
  };
}

export function toConfigView(counts: SessionCounts) {
  return {
    max_threads: counts.maxThreads,
    thread_pool_size: counts.threadPoolSize,
    active_sessions: counts.activeSessions,
    available_threads: counts.availableThreads,
  };
}

export function toHistory(sessions: readonly StoredSession[]) {
  return {
    sessions: sessions.map((session) => ({
      _id: session.id,
      user_id: session.userId,
      search_keyword: session.searchKeyword,
      target_domain: session.targetDomain,
      status: session.status,
      created_at: session.createdAt.toISOString(),
      updated_at: session.updatedAt.toISOString(),
      driver: session.driver,
    })),
  };
}
