/** The sessions of this store that other runners play: listed, counted and stopped. */
import type { AutomationEvent } from './automation-events.ts';
import * as problem from './session-errors.ts';
import type { ActiveSession, SessionStore } from './session-store.ts';
import type { StoppedSession } from './sessions.ts';
import { StopRequests, type StopRequestsOptions } from './stop-requests.ts';

export interface SessionsElsewhereOptions extends StopRequestsOptions {
  readonly store: Pick<SessionStore, 'listActive' | 'countElsewhere' | 'write'>;
  /** The mark of this runner, under which its sessions are stored. */
  readonly runner: () => string;
  /** Whether a session is being started, played, or on its way into the store here, under whichever mark. */
  readonly isHere: (sessionId: string) => boolean;
  /** `user_` and the account's id, by the username; null where there is no such account any more. */
  readonly findUserId: (username: string) => Promise<string | null>;
  readonly publish: (userId: string, event: AutomationEvent) => unknown;
}

const UNHEARD = 'Its runner did not answer when it was to be stopped.';

export class SessionsElsewhere {
  readonly #options: SessionsElsewhereOptions;
  readonly #requests: StopRequests;

  constructor(options: SessionsElsewhereOptions) {
    this.#options = options;
    this.#requests = new StopRequests(options);
  }

  /** Those of a user, in the order of their start. */
  async list(username: string): Promise<ActiveSession[]> {
    const { store, runner, isHere } = this.#options;
    const active = await problem.askStore(store.listActive(username));
    // One of ours that the store still called active may have ended before its answer came: it is here no more.
    return active.filter((session) => session.runner !== runner() && !isHere(session.id));
  }

  /** Of all users; `runner` is the mark of this one. */
  async count(runner: string): Promise<number> {
    return problem.askStore(this.#options.store.countElsewhere(runner));
  }

  async stopAll(username: string): Promise<StoppedSession[]> {
    const sessions = await this.list(username);
    if (sessions.length > 0) {
      await this.stop(
        username,
        sessions.map(({ id }) => id),
      );
    }
    return sessions.map(({ id, threadCount }) => ({
      sessionId: id,
      threadsCompleted: threadCount,
      totalThreads: threadCount,
    }));
  }

  /**
   * Asks the runners that play them. What is started all the same is ended in the store: so a stop holds when its
   * runner is gone, and one that has only lost the bus finds out at its next beat. Afterwards all have ended.
   */
  async stop(username: string, ids: readonly string[]): Promise<void> {
    const userId = await this.#options.findUserId(username);
    if (userId === null) throw problem.notFound();
    const unheard = await problem.askStore(this.#requests.ask({ username, userId }, ids));
    if (unheard.length > 0) await this.#end(userId, unheard);
  }

  async #end(userId: string, sessions: readonly ActiveSession[]): Promise<void> {
    const at = new Date();
    const end = { type: 'session-ended', status: 'stopped', reason: UNHEARD, at } as const;
    await problem.askStore(this.#options.store.write(sessions.map(({ id }) => ({ ...end, sessionId: id }))));
    for (const { id, threadCount } of sessions) {
      this.#options.publish(userId, {
        type: 'session.ended',
        session_id: id,
        at: at.getTime(),
        status: 'stopped',
        threads_completed: threadCount,
        total_threads: threadCount,
      });
    }
  }

  close(): void {
    this.#requests.close();
  }
}
