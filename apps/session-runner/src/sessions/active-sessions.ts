/** The sessions that have not ended, with what they hold of the limits. */
import type { LiveSession } from './live-session.ts';
import * as problem from './session-errors.ts';
import type { NewSession } from './session-store.ts';

export interface ActiveLimits {
  /** 0: no limit. */
  readonly activeSessionsPerUser: number;
  /** With 0 nobody waits. */
  readonly waitingJourneys: number;
  /** THREAD_POOL_SIZE. */
  readonly threads: () => number;
}

export class ActiveSessions {
  readonly #limits: ActiveLimits;
  readonly #sessions = new Map<string, LiveSession>();
  readonly #byUser = new Map<string, Set<LiveSession>>();
  /** On their way into the store. */
  readonly #reserved = new Map<string, NewSession>();

  constructor(limits: ActiveLimits) {
    this.#limits = limits;
  }

  get counts() {
    let [threads, running, waiting] = [0, 0, 0];
    for (const { session, runningThreads, waitingThreads } of this.#sessions.values()) {
      threads += session.threadCount;
      running += runningThreads;
      waiting += waitingThreads;
    }
    return { sessions: this.#sessions.size, threads, running, waiting };
  }

  /** Takes a place for a session that is about to be stored. @throws {AppError} `rate-limited` */
  reserve(session: NewSession): void {
    const { activeSessionsPerUser, waitingJourneys, threads } = this.#limits;
    if (activeSessionsPerUser > 0 && this.#countOf(session.userId) >= activeSessionsPerUser) {
      throw problem.tooManySessions(activeSessionsPerUser);
    }
    // Journeys that find a thread at once do not wait.
    const room = waitingJourneys + threads();
    if (this.#unfinished() + session.threadCount > room) throw problem.lineFull();
    this.#reserved.set(session.id, session);
  }

  release(id: string): void {
    this.#reserved.delete(id);
  }

  add(live: LiveSession): void {
    this.#sessions.set(live.session.id, live);
    const { userId } = live.session;
    const ofUser = this.#byUser.get(userId);
    if (ofUser) ofUser.add(live);
    else this.#byUser.set(userId, new Set([live]));
  }

  remove(live: LiveSession): void {
    const { id, userId } = live.session;
    this.#sessions.delete(id);
    const ofUser = this.#byUser.get(userId);
    ofUser?.delete(live);
    if (ofUser?.size === 0) this.#byUser.delete(userId);
  }

  find(id: string): LiveSession | undefined {
    return this.#sessions.get(id);
  }

  isKnown(id: string): boolean {
    return this.#sessions.has(id) || this.#reserved.has(id);
  }

  /** In the order of their start. */
  listByUser(username: string): LiveSession[] {
    return [...(this.#byUser.get(username) ?? [])];
  }

  listAll(): LiveSession[] {
    return [...this.#sessions.values()];
  }

  #countOf(username: string): number {
    let count = this.#byUser.get(username)?.size ?? 0;
    for (const { userId } of this.#reserved.values()) if (userId === username) count++;
    return count;
  }

  #unfinished(): number {
    const { running, waiting } = this.counts;
    let reserved = 0;
    for (const { threadCount } of this.#reserved.values()) reserved += threadCount;
    return running + waiting + reserved;
  }
}
