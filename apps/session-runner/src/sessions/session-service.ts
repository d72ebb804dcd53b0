/** Sessions: started once they are stored, played by the pool, looked at, stopped, and remembered. */
import type { EventBus } from '@trafficflux/event-bus';
import type { Metrics } from '@trafficflux/metrics';
import type { Logger } from '@trafficflux/service-kit';
import type { Driver, JourneyPool } from '../journeys/journey.ts';
import { tellAbandoned } from './abandoned-events.ts';
import { ActiveSessions } from './active-sessions.ts';
import { toStopTopic } from './automation-events.ts';
import { createEventPublisher, type EventPublisher } from './event-publisher.ts';
import { LiveSession } from './live-session.ts';
import { RunnerLease } from './runner-lease.ts';
import * as problem from './session-errors.ts';
import { addSessionGauges } from './session-gauges.ts';
import { createSessionId } from './session-id.ts';
import type { NewSession, SessionStore } from './session-store.ts';
import type { SessionCounts, SessionOrder, Sessions, StartedSession, StoppedSession } from './sessions.ts';
import { SessionsElsewhere } from './sessions-elsewhere.ts';
import { StoreWriter } from './store-writer.ts';
import { isForgotten, toActiveView, toJourneyViews, toSessionView } from './stored-views.ts';
import { withinLimit } from './within-limit.ts';

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
const LOST = 'Its runner was out of reach of the store, and was taken for dead.';
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
  readonly #starting = new Set<Promise<void>>();
  /** Ended, and not in the store yet. */
  readonly #settling = new Map<string, LiveSession>();
  readonly #writer: StoreWriter;
  readonly #publisher: EventPublisher;
  readonly #lease: RunnerLease;
  readonly #elsewhere: SessionsElsewhere;
  #isClosing = false;

  constructor(options: SessionsOptions) {
    const { store, pool, logger, timing = {} } = options;
    this.#options = options;
    this.#active = new ActiveSessions({ ...options.limits, threads: () => pool.counts.threads });
    const intervalMs = timing.writeIntervalMs;
    this.#writer = new StoreWriter({ store, logger, ...(intervalMs !== undefined && { intervalMs }) });
    this.#publisher = createEventPublisher(options.bus, logger);
    this.#lease = new RunnerLease({
      store,
      logger,
      name: options.runner,
      ...(timing.renewLeaseMs !== undefined && { renewMs: timing.renewLeaseMs }),
      ...(timing.leaseMs !== undefined && { leaseMs: timing.leaseMs }),
      onLost: (runner) => this.#abandon(runner),
      onAbandoned: (sessions) => void tellAbandoned(sessions, { ...options, publisher: this.#publisher }),
      listPlayed: (runner) =>
        this.#active.listAll().flatMap(({ session }) => (session.runner === runner ? [session.id] : [])),
      onEndedElsewhere: (id) => this.#endAsStored(id),
      isKnown: (id) => this.#isHere(id),
      onUnplayed: (sessionId) => this.#recordUnplayed(sessionId),
    });
    this.#elsewhere = new SessionsElsewhere({
      store,
      bus: options.bus,
      logger,
      findUserId: options.findUserId,
      publish: this.#publisher.publish,
      isHere: (id) => this.#isHere(id),
      onRequest: (id, topic) => this.#stopForOther(id, topic),
      ...(timing.stopElsewhereMs !== undefined && { limitMs: timing.stopElsewhereMs }),
    });
    addSessionGauges(options.metrics, {
      counts: () => this.counts,
      pool,
      writer: this.#writer,
      publisher: this.#publisher,
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

  async start(order: SessionOrder): Promise<StartedSession> {
    const { maxThreads } = this.#options;
    if (order.threadCount > maxThreads) throw problem.tooManyThreads(maxThreads);
    if (order.threadCount < 1) throw problem.tooFewThreads();
    if (this.#isClosing) throw problem.stopping();
    const session = this.#newSession(order);
    // Its place is taken before the store is asked: many starts at once do not get past the limits together.
    this.#active.reserve(session);
    const starting = this.#storeAndPlay(session, order.userId);
    this.#starting.add(starting);
    try {
      await starting;
    } finally {
      this.#starting.delete(starting);
      this.#active.release(session.id);
    }
    return { sessionId: session.id, driver: session.driver };
  }

  async #storeAndPlay(session: NewSession, userId: string): Promise<void> {
    await problem.askStore(this.#options.store.create(session));
    this.#play(session, userId);
  }

  #newSession(order: SessionOrder): NewSession {
    const createdAt = new Date();
    return {
      id: createSessionId(createdAt),
      userId: order.username,
      searchKeyword: order.searchKeyword,
      targetDomain: order.targetDomain,
      threadCount: order.threadCount,
      driver: this.#options.chooseDriver(order.targetDomain),
      runner: this.#lease.runner,
      createdAt,
    };
  }

  #play(session: NewSession, userId: string): void {
    // While the store was asked the runner may have begun to end, or lost its lease: then nobody plays it.
    const isLost = session.runner !== this.#lease.runner;
    if (this.#isClosing || isLost) {
      this.#recordUnplayed(session.id);
      throw isLost ? problem.storeAway(LOST) : problem.stopping();
    }
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
    return this.#active.listByUser(username).map((live) => live.view);
  }

  async listAllActive(username: string) {
    const elsewhere = await this.#elsewhere.list(username);
    const all = [
      ...this.#active.listByUser(username).map(({ session, view }) => ({ ...session, view })),
      ...elsewhere.map((session) => ({ ...session, view: toActiveView(session) })),
    ];
    return all.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()).map(({ view }) => view);
  }

  async view(username: string, sessionId: string) {
    const { store } = this.#options;
    const live = this.#active.find(sessionId) ?? this.#settling.get(sessionId);
    if (live === undefined) return this.#viewStored(username, sessionId);
    if (live.session.userId !== username) throw problem.accessDenied();
    if (live.view.status === 'stopped') throw problem.notFound();
    const journeys = await live.listJourneys(() => problem.askStore(store.listJourneys(sessionId)));
    return { ...live.view, journeys };
  }

  async #viewStored(username: string, sessionId: string) {
    const { store } = this.#options;
    const session = await problem.askStore(store.find(sessionId));
    if (session === null) throw problem.notFound();
    if (session.userId !== username) throw problem.accessDenied();
    if (isForgotten(session, new Date())) throw problem.notFound();
    const journeys = toJourneyViews(await problem.askStore(store.listJourneys(sessionId)));
    return { ...toSessionView(session, journeys), journeys };
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

  history(username: string, limit: number) {
    return problem.askStore(this.#options.store.listByUser(username, limit));
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#elsewhere.close();
    const { pool, logger } = this.#options;
    await withinLimit(Promise.allSettled(this.#starting), CLOSE_LIMIT_MS);
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
