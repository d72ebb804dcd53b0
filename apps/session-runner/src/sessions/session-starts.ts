/** Starts of sessions: within the limits, stored before they are played, and refused once the runner ends. */
import type { Driver } from '../journeys/journey.ts';
import type { ActiveSessions } from './active-sessions.ts';
import * as problem from './session-errors.ts';
import { createSessionId } from './session-id.ts';
import type { NewSession, SessionStore } from './session-store.ts';
import type { SessionOrder, StartedSession } from './sessions.ts';

export interface SessionStartsOptions {
  readonly store: Pick<SessionStore, 'create'>;
  readonly active: Pick<ActiveSessions, 'reserve' | 'release'>;
  /** Of one session. */
  readonly maxThreads: number;
  readonly chooseDriver: (targetDomain: string) => Driver;
  /** The mark of this runner, which changes when its lease is lost. */
  readonly runner: () => string;
  readonly play: (session: NewSession, userId: string) => void;
  /** Told of one that was stored, and that nobody will play. */
  readonly onUnplayed: (sessionId: string) => void;
}

/** Why a session was given up by a runner that the others took for dead. */
export const LOST = 'Its runner was out of reach of the store, and was taken for dead.';

export class SessionStarts {
  readonly #options: SessionStartsOptions;
  readonly #underWay = new Set<Promise<void>>();
  #isClosing = false;

  constructor(options: SessionStartsOptions) {
    this.#options = options;
  }

  async start(order: SessionOrder): Promise<StartedSession> {
    const { active, maxThreads } = this.#options;
    if (order.threadCount > maxThreads) throw problem.tooManyThreads(maxThreads);
    if (order.threadCount < 1) throw problem.tooFewThreads();
    if (this.#isClosing) throw problem.stopping();
    const session = this.#newSession(order);
    // Its place is taken before the store is asked: many starts at once do not get past the limits together.
    active.reserve(session);
    const starting = this.#storeAndPlay(session, order.userId);
    this.#underWay.add(starting);
    try {
      await starting;
    } finally {
      this.#underWay.delete(starting);
      active.release(session.id);
    }
    return { sessionId: session.id, driver: session.driver };
  }

  /** Refuses further starts. Resolves when those under way have come to their end, whichever. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.allSettled(this.#underWay);
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
      runner: this.#options.runner(),
      createdAt,
    };
  }

  async #storeAndPlay(session: NewSession, userId: string): Promise<void> {
    const { store, runner, play, onUnplayed } = this.#options;
    await problem.askStore(store.create(session));
    // While the store was asked the runner may have begun to end, or lost its lease: then nobody plays it.
    const isLost = session.runner !== runner();
    if (this.#isClosing || isLost) {
      onUnplayed(session.id);
      throw isLost ? problem.storeAway(LOST) : problem.stopping();
    }
    play(session, userId);
  }
}
