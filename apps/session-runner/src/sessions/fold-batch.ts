/** What a batch of writes comes to: one row for each session, journey and step that it touches. */
import type { JourneyStep } from '../journeys/journey.ts';
import type { SessionWrite, StoredStatus } from './session-store.ts';

export interface SessionChange {
  readonly id: string;
  /** Null where the session goes on. */
  status: Exclude<StoredStatus, 'started'> | null;
  reason: string | null;
  /** The last moment that was told of it. */
  at: Date;
}

export interface JourneyChange {
  readonly session_id: string;
  readonly journey: number;
  started_at: Date | null;
  ended_at: Date | null;
  status: string | null;
  reason: string | null;
}

export interface StepRow {
  readonly session_id: string;
  readonly journey: number;
  readonly number: number;
  readonly action: JourneyStep['action'];
  readonly url: string | null;
  readonly outcome: JourneyStep['outcome'];
  readonly status: number | null;
  readonly started_at_ms: number;
  readonly duration_ms: number;
  readonly bytes: number | null;
  readonly matches: number | null;
  readonly note: string | null;
}

export interface FoldedBatch {
  readonly sessions: readonly SessionChange[];
  readonly journeys: readonly JourneyChange[];
  readonly steps: readonly StepRow[];
}

/** Folds a batch in order. What comes for a session or a journey after its end, in the batch itself, is left out. */
export function foldBatch(batch: readonly SessionWrite[]): FoldedBatch {
  const sessions = new Map<string, SessionChange>();
  const journeys = new Map<string, JourneyChange>();
  const steps: StepRow[] = [];
  for (const write of batch) {
    const session = touchSession(sessions, write);
    if (session.status !== null) continue;
    if (write.type === 'session-ended') {
      session.status = write.status;
      session.reason = storable(write.reason);
      continue;
    }
    if (write.type === 'step') {
      steps.push(toStepRow(write.sessionId, write.journey, write.step));
      continue;
    }
    const journey = touchJourney(journeys, write.sessionId, write.journey);
    if (journey.status !== null) continue;
    if (write.type === 'journey-started') journey.started_at ??= write.at;
    else {
      journey.ended_at = write.at;
      journey.status = write.end.status;
      journey.reason = write.end.status === 'failed' ? storable(write.end.reason) : null;
    }
  }
  return { sessions: [...sessions.values()], journeys: [...journeys.values()], steps };
}

function touchSession(sessions: Map<string, SessionChange>, write: SessionWrite): SessionChange {
  const at = write.type === 'step' ? new Date(write.step.startedAtMs + write.step.durationMs) : write.at;
  const known = sessions.get(write.sessionId);
  if (known === undefined) {
    const change: SessionChange = { id: write.sessionId, status: null, reason: null, at };
    sessions.set(write.sessionId, change);
    return change;
  }
  if (known.status === null && at > known.at) known.at = at;
  return known;
}

function touchJourney(journeys: Map<string, JourneyChange>, session_id: string, journey: number) {
  const key = `${session_id}/${journey}`;
  let change = journeys.get(key);
  if (change === undefined) {
    change = { session_id, journey, started_at: null, ended_at: null, status: null, reason: null };
    journeys.set(key, change);
  }
  return change;
}

function toStepRow(session_id: string, journey: number, step: JourneyStep): StepRow {
  return {
    session_id,
    journey,
    number: step.number,
    action: step.action,
    url: step.url === null ? null : storable(step.url),
    outcome: step.outcome,
    status: step.status,
    started_at_ms: step.startedAtMs,
    duration_ms: step.durationMs,
    bytes: step.bytes,
    matches: step.matches,
    note: step.note === null ? null : storable(step.note),
  };
}

/** PostgreSQL stores neither NUL nor half a surrogate pair, and a note may quote what a target sent. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
