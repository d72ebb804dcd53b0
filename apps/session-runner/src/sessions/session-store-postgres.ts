/** Sessions in PostgreSQL: a row for each session, journey and step. */
import { isUnavailable } from '@trafficflux/postgres';
import type pg from 'pg';
import type { JourneyEnd, JourneyStep } from '../journeys/journey.ts';
import { foldBatch } from './fold-batch.ts';
import {
  isSessionId,
  type SessionStore,
  SessionStoreRefusedError,
  SessionStoreUnavailableError,
  type StoredJourney,
  type StoredSession,
} from './session-store.ts';
import * as sql from './session-store-sql.ts';

export function createPostgresSessionStore(pool: pg.Pool): SessionStore {
  const run = async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) => {
    try {
      return (await pool.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw toStoreError(error);
    }
  };
  return {
    async create(session) {
      const { id, userId, searchKeyword, targetDomain, threadCount, driver, runner, createdAt } = session;
      await run(sql.CREATE, [
        id,
        userId,
        searchKeyword,
        targetDomain,
        threadCount,
        driver,
        runner,
        createdAt,
      ]);
    },
    async write(batch) {
      if (batch.length === 0) return;
      const { sessions, journeys, steps } = foldBatch(batch);
      await run(sql.WRITE, [JSON.stringify(sessions), JSON.stringify(journeys), JSON.stringify(steps)]);
    },
    async find(id) {
      if (!isSessionId(id)) return null;
      const [row] = await run<SessionRow>(sql.FIND, [id]);
      return row === undefined ? null : toSession(row);
    },
    async listJourneys(id) {
      if (!isSessionId(id)) return [];
      const [journeys, steps] = await Promise.all([
        run<JourneyRow>(sql.LIST_JOURNEYS, [id]),
        run<StepRow>(sql.LIST_STEPS, [id]),
      ]);
      const byJourney = Map.groupBy(steps, ({ journey }) => journey);
      return journeys.map((row) => toJourney(row, byJourney.get(row.journey) ?? []));
    },
    async listByUser(userId, limit) {
      return (await run<SessionRow>(sql.LIST_BY_USER, [userId, limit])).map(toSession);
    },
    async listActive(userId) {
      const rows = await run<ActiveRow>(sql.LIST_ACTIVE, [userId]);
      return rows.map((row) => ({
        ...toSession(row),
        runningThreads: row.running,
        completedThreads: row.completed,
      }));
    },
    async countElsewhere(runner) {
      const [row] = await run<{ count: number }>(sql.COUNT_ELSEWHERE, [runner]);
      return row?.count ?? 0;
    },
    async listStarted(runner) {
      return (await run<{ id: string }>(sql.LIST_STARTED, [runner])).map(({ id }) => id);
    },
    async renewLease(runner) {
      const [row] = await run<{ was_given_up: boolean }>(sql.RENEW_LEASE, [runner]);
      return row?.was_given_up !== true;
    },
    async dropLease(runner) {
      await run(sql.DROP_LEASE, [runner]);
    },
    async listOwners() {
      const rows = await run<{ runner: string; beat: string }>(sql.LIST_OWNERS, []);
      return rows.map(({ runner, beat }) => ({ runner, beat: Number(beat) }));
    },
    async failAbandoned({ runner, beat }, reason) {
      const rows = await run<AbandonedRow>(sql.FAIL_ABANDONED, [runner, beat, reason]);
      return rows.map(({ id, user_id, thread_count }) => ({
        id,
        userId: user_id,
        threadCount: thread_count,
      }));
    },
    async ping() {
      await run('SELECT 1', []);
    },
  };
}

interface SessionRow {
  id: string;
  user_id: string;
  search_keyword: string;
  target_domain: string;
  status: StoredSession['status'];
  thread_count: number;
  driver: StoredSession['driver'];
  runner: string;
  created_at: Date;
  updated_at: Date;
}

type AbandonedRow = Pick<SessionRow, 'id' | 'user_id' | 'thread_count'>;

interface ActiveRow extends SessionRow {
  running: number;
  completed: number;
}

interface JourneyRow {
  journey: number;
  started_at: Date | null;
  ended_at: Date | null;
  status: JourneyEnd['status'] | null;
  reason: string | null;
}

interface StepRow {
  journey: number;
  number: number;
  action: JourneyStep['action'];
  url: string | null;
  outcome: JourneyStep['outcome'];
  status: number | null;
  started_at_ms: number;
  duration_ms: number;
  /** A bigint, which `pg` leaves as text. */
  bytes: string | null;
  matches: number | null;
  note: string | null;
}

function toSession(row: SessionRow): StoredSession {
  return {
    id: row.id,
    userId: row.user_id,
    searchKeyword: row.search_keyword,
    targetDomain: row.target_domain,
    threadCount: row.thread_count,
    driver: row.driver,
    runner: row.runner,
    createdAt: row.created_at,
    status: row.status,
    updatedAt: row.updated_at,
  };
}

function toJourney(row: JourneyRow, steps: readonly StepRow[]): StoredJourney {
  return {
    journey: row.journey,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    end: toEnd(row),
    steps: steps.map(toStep),
  };
}

function toEnd({ status, reason }: JourneyRow): JourneyEnd | null {
  if (status === null) return null;
  return status === 'failed' ? { status, reason: reason ?? '' } : { status };
}

function toStep(row: StepRow): JourneyStep {
  return {
    number: row.number,
    action: row.action,
    url: row.url,
    outcome: row.outcome,
    status: row.status,
    startedAtMs: row.started_at_ms,
    durationMs: row.duration_ms,
    bytes: row.bytes === null ? null : Number(row.bytes),
    matches: row.matches,
    note: row.note,
  };
}

/** SQLSTATEs of values that fit no column, or break a rule of the tables. */
const REFUSED_STATE = /^(?:22|23)...$/;
/** A deadlock and a lost race: the same statement may succeed a moment later. */
const PASSING_STATE = /^40(?:001|P01)$/;

function toStoreError(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (isUnavailable(error) || (code !== undefined && PASSING_STATE.test(code))) {
    return new SessionStoreUnavailableError('The session store is out of reach.', { cause: error });
  }
  if (code !== undefined && REFUSED_STATE.test(code)) {
    return new SessionStoreRefusedError(`The session store refused what it was given: ${message}`, {
      cause: error,
    });
  }
  return error;
}
