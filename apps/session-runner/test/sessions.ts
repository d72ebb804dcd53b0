// The real service of sessions on a database of its own, with a pool that the test chooses.
import { createMetrics } from '@trafficflux/metrics';
import { createPool } from '@trafficflux/postgres';
import { AppError, createLogger } from '@trafficflux/service-kit';
import { createTestDatabase } from '@trafficflux/tooling/test-stores';
import type { JourneyPool } from '../src/journeys/journey.ts';
import type { AutomationEvent } from '../src/sessions/automation-events.ts';
import { createSessions, type SessionsOptions } from '../src/sessions/session-service.ts';
import type { SessionStore } from '../src/sessions/session-store.ts';
import { createPostgresSessionStore } from '../src/sessions/session-store-postgres.ts';
import type { SessionOrder, Sessions } from '../src/sessions/sessions.ts';
import { SESSIONS_MIGRATIONS } from '../src/stores/migrations.ts';

export interface TestStore {
  readonly url: string;
  readonly store: SessionStore;
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function openTestStore(): Promise<TestStore> {
  const database = await createTestDatabase(SESSIONS_MIGRATIONS);
  // A busy machine is no store that is away.
  const pool = createPool({ databaseUrl: database.url, name: 'test', connectTimeoutMs: 60_000 });
  return {
    url: database.url,
    store: createPostgresSessionStore(pool),
    query: async (sql, values = []) => (await pool.query(sql, values)).rows,
    async close() {
      await pool.end();
      await database.drop();
    },
  };
}

export interface TestSessions {
  readonly sessions: Sessions;
  readonly events: [topic: string, event: AutomationEvent][];
  readonly lines: Record<string, unknown>[];
  /** The text of /metrics. */
  metrics(): Promise<string>;
}

/** `subscribe` of a bus on which nothing comes. */
export const nobodyAsks = async () => ({ close: async () => {} });

export async function startSessions(
  options: Partial<SessionsOptions> & { store: SessionStore; pool: JourneyPool },
): Promise<TestSessions> {
  const events: [string, AutomationEvent][] = [];
  const lines: Record<string, unknown>[] = [];
  const metrics = createMetrics({ service: 'test' });
  const sessions = await createSessions({
    bus: {
      publish: async (topic, data) => void events.push([topic, data as unknown as AutomationEvent]),
      subscribe: nobodyAsks,
    },
    findUserId: async (username) => (username === 'ada' ? newOrder().userId : null),
    runner: 'test:8000',
    limits: { activeSessionsPerUser: 100, waitingJourneys: 10_000 },
    maxThreads: 4,
    chooseDriver: () => 'dry-run',
    metrics,
    logger: createLogger({
      name: 'test',
      level: 'debug',
      destination: { write: (line) => void lines.push(JSON.parse(line)) },
    }),
    ...options,
    timing: { writeIntervalMs: 5, ...options.timing },
  });
  return { sessions, events, lines, metrics: () => metrics.render() };
}

export function newOrder(fields: Partial<SessionOrder> = {}): SessionOrder {
  return {
    username: 'ada',
    userId: 'user_60f7b5c4d1e2f3a4b5c6d7e8',
    searchKeyword: 'keyboard',
    targetDomain: 'https://test.verdic.ai/products/keyboard.html',
    threadCount: 1,
    ...fields,
  };
}

/** The kind and the sentence of the `AppError` with which something must fail. */
export async function problemOf(work: Promise<unknown>): Promise<[string, string]> {
  const error = await work.then(
    () => undefined,
    (problem: unknown) => problem,
  );
  if (!(error instanceof AppError)) throw new Error('no AppError', { cause: error });
  return [error.kind, error.message];
}
