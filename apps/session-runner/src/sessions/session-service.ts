/** Sessions: started once they are stored, played by the pool, looked at, stopped, and remembered. */
import type { EventBus } from '@trafficflux/event-bus';
import type { Metrics } from '@trafficflux/metrics';
import { type Logger, withinLimit } from '@trafficflux/service-kit';
import type { Driver, JourneyPool } from '../journeys/journey.ts';
import { tellAbandoned } from './abandoned-events.ts';
import { ActiveSessions } from './active-sessions.ts';
import { toStopTopic } from './automation-events.ts';
import { createEventPublisher, type EventPublisher } from './event-publisher.ts';
import { LiveSession } from './live-session.ts';
import { RunnerLease } from './runner-lease.ts';
import * as problem from './session-errors.ts';
import { addSessionGauges } from './session-gauges.ts';
import { SessionLooks } from './session-looks.ts';
import { LOST, SessionStarts } from './session-starts.ts';
import type { NewSession, SessionStore } from './session-store.ts';
import type { SessionCounts, SessionOrder, Sessions, StartedSession, StoppedSession } from './sessions.ts';
import { SessionsElsewhere } from './sessions-elsewhere.ts';
import { StoreWriter } from './store-writer.ts';

export interface SessionsOptions {
  readonly store: SessionStore;
  readonly pool: JourneyPool;
  readonly bus: Pick<EventBus, 'publish' | 'subscribe'>;
  /** `user_` and the account's id, by the username; null where there is no such account any more. */
  readonly findUserId: (username: string) => Promise<string | null>;
  /** RUNNER_NAME: belongs to one process at a time. */
  readonly runner: string;
  /** How many sessions of a user may be active, 0 for any number, and how many journeys may wait for a thread. */
  readonly limits: { readonly activeSessionsPerUser: number; readonly waitingJourneys: number };
  /** Of one session. */
  readonly maxThreads: number;
  /** By the allow-list of targets (H7). */
  readonly chooseDriver: (targetDomain: string) => Driver;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly timing?: {
    readonly renewLeaseMs?: number;
    readonly leaseMs?: number;
    readonly writeIntervalMs?: number;
    readonly stopElsewhereMs?: number;
  };
}

/** A start of the runner waits so long for a store that does not answer, and then goes on without. */
const FIRST_BEAT_LIMIT_MS = 3000;
/** A journey ends within a second of its stop; its record is a little behind. */
const STOP_LIMIT_MS = 1500;
const CLOSE_LIMIT_MS = 5000;
const UNPLAYED = 'It was never played: the answer of the store was lost when it was started.';

/** Begins to renew the runner's lease, and records as failed what an earlier process of this name left. */
export async function createSessions(options: SessionsOptions): Promise<Sessions> {
  const service = new SessionService(options);
  await service.begin();
  return service;
}

class SessionService implements Sessions {
  readonly #options: SessionsOptions;
  readonly #active: ActiveSessions;
  /** Ended, and not in the store yet. */
  readonly #settling = new Map<string, LiveSession>();
  readonly #writer: StoreWriter;
  readonly #publisher: EventPublisher;
  readonly #lease: RunnerLease;
  readonly #elsewhere: SessionsElsewhere;
  readonly #starts: SessionStarts;
  readonly #looks: SessionLooks;

  constructor(options: SessionsOptions) {
    const { store, pool, logger } = options;
    this.#options = options;
    this.#active = new ActiveSessions({ ...options.limits, threads: () => pool.counts.threads });
    const intervalMs = options.timing?.writeIntervalMs;
    this.#writer = new StoreWriter({ store, logger, ...(intervalMs !== undefined && { intervalMs }) });
    this.#publisher = createEventPublisher(options.bus, logger);
    this.#lease = this.#createLease();
    this.#elsewhere = this.#createElsewhere();
    this.#starts = new SessionStarts({
      ...options,
      active: this.#active,
      runner: () => this.#lease.runner,
      play: (session, userId) => this.#play(session, userId),
      onUnplayed: (sessionId) => this.#recordUnplayed(sessionId),
    });
    this.#looks = new SessionLooks({
      store,
      active: this.#active,
      settling: this.#settling,
      elsewhere: this.#elsewhere,
    });
    addSessionGauges(options.metrics, {
      counts: () => this.counts,
      pool,
      writer: this.#writer,
      publisher: this.#publisher,
    });
  }

  #createLease(): RunnerLease {
    const { store, logger, runner: name, timing = {} } = this.#options;
    return new RunnerLease({
      store,
      logger,
      name,
      ...(timing.renewLeaseMs !== undefined && { renewMs: timing.renewLeaseMs }),
      ...(timing.leaseMs !== undefined && { leaseMs: timing.leaseMs }),
      onLost: (runner) => this.#abandon(runner),
      onAbandoned: (sessions) =>
        void tellAbandoned(sessions, { ...this.#options, publisher: this.#publisher }),
      listPlayed: (runner) =>
        this.#active.listAll().flatMap(({ session }) => (session.runner === runner ? [session.id] : [])),
      onEndedElsewhere: (id) => this.#endAsStored(id),
      isKnown: (id) => this.#isHere(id),
      onUnplayed: (sessionId) => this.#recordUnplayed(sessionId),
    });
  }

  #createElsewhere(): SessionsElsewhere {
    const { store, bus, logger, findUserId, timing } = this.#options;
    return new SessionsElsewhere({
      store,
      bus,
      logger,
      findUserId,
      publish: this.#publisher.publish,
      runner: () => this.#lease.runner,
      isHere: (id) => this.#isHere(id),
      onRequest: (id, topic) => this.#stopForOther(id, topic),
      ...(timing?.stopElsewhereMs !== undefined && { limitMs: timing.stopElsewhereMs }),
    });
  }

  async begin(): Promise<void> {
    await withinLimit(this.#lease.start(), FIRST_BEAT_LIMIT_MS);
  }

  get counts(): SessionCounts {
    const { maxThreads, pool } = this.#options;
    const { sessions, threads, running, waiting } = this.#active.counts;
    return {
      maxThreads,
      threadPoolSize: pool.counts.threads,
      activeSessions: sessions,
      availableThreads: Math.max(0, pool.counts.threads - threads),
      runningThreads: running,
      waitingThreads: waiting,
    };
  }

  async countAll(): Promise<SessionCounts> {
    const elsewhere = await this.#elsewhere.count(this.#lease.runner);
    const { counts } = this;
    return { ...counts, activeSessions: counts.activeSessions + elsewhere };
  }

  start(order: SessionOrder): Promise<StartedSession> {
    return this.#starts.start(order);
  }

  #play(session: NewSession, userId: string): void {
    const live = new LiveSession({
      session,
      userId,
      pool: this.#options.pool,
      writer: this.#writer,
      publish: this.#publisher.publish,
      onEnded: (ended) => this.#settle(ended),
    });
    this.#active.add(live);
    live.play();
  }

  #settle(live: LiveSession): void {
    const { id } = live.session;
    this.#active.remove(live);
    this.#settling.set(id, live);
    live.stored.then(() => this.#settling.delete(id));
  }

  listActive(username: string) {
    return this.#looks.listHere(username);
  }

  listAllActive(username: string) {
    return this.#looks.listEverywhere(username);
  }

  view(username: string, sessionId: string) {
    return this.#looks.view(username, sessionId);
  }

  history(username: string, limit: number) {
    return this.#looks.history(username, limit);
  }

  async stop(username: string, sessionId: string): Promise<StoppedSession> {
    const live = this.#active.find(sessionId);
    if (live !== undefined) {
      if (live.session.userId !== username) throw problem.accessDenied();
      return this.#stopLive(live);
    }
    const { status, completedThreads, totalThreads } = await this.view(username, sessionId);
    if (status === 'running') await this.#elsewhere.stop(username, [sessionId]);
    return {
      sessionId,
      threadsCompleted: status === 'running' ? totalThreads : completedThreads,
      totalThreads,
    };
  }

  async stopAll(username: string): Promise<readonly StoppedSession[]> {
    const [here, elsewhere] = await Promise.all([
      Promise.all(this.#active.listByUser(username).map((live) => this.#stopLive(live))),
      this.#elsewhere.stopAll(username),
    ]);
    return [...here, ...elsewhere];
  }

  /** While the store is away the answer does not wait for it: the end is kept until it is back. */
  async #stopLive(live: LiveSession): Promise<StoppedSession> {
    live.stop(null);
    await withinLimit(live.stored, STOP_LIMIT_MS);
    const { sessionId, completedThreads, totalThreads } = live.view;
    return { sessionId, threadsCompleted: completedThreads, totalThreads };
  }

  async close(): Promise<void> {
    const started = this.#starts.close();
    this.#elsewhere.close();
    const { pool, logger } = this.#options;
    await withinLimit(started, CLOSE_LIMIT_MS);
    const sessions = this.#active.listAll();
    for (const live of sessions) live.stop(null);
    await pool.close();
    await withinLimit(Promise.all(sessions.map((live) => live.ended)), STOP_LIMIT_MS);
    const unwritten = await this.#writer.close(CLOSE_LIMIT_MS);
    if (unwritten > 0) {
      logger.error({ unwritten }, 'the store was away: the next start records these sessions as failed');
    }
    await this.#lease.close(unwritten === 0);
  }

  /** Being started, played, or on its way into the store. */
  #isHere(id: string): boolean {
    return this.#active.isKnown(id) || this.#settling.has(id);
  }

  async #endAsStored(id: string): Promise<void> {
    const stored = await this.#options.store.find(id);
    this.#active.find(id)?.stop(stored?.status === 'stopped' ? null : LOST);
  }

  /** The topic says whose sessions may be stopped by what was published on it. */
  #stopForOther(id: string, topic: string): void {
    const live = this.#active.find(id);
    if (live !== undefined && toStopTopic(live.userId) === topic) live.stop(null);
  }

  /** The store has failed them already: their journeys end, and what is kept of them here goes. */
  #abandon(runner: string): void {
    for (const live of this.#active.listAll()) if (live.session.runner === runner) live.stop(LOST);
    for (const [id, live] of this.#settling) if (live.session.runner === runner) this.#settling.delete(id);
  }

  #recordUnplayed(sessionId: string): void {
    const at = new Date();
    this.#writer.add({ type: 'session-ended', sessionId, status: 'failed', reason: UNPLAYED, at });
  }
}
