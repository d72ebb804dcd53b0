/** What a user sees of sessions: those played here, those of other runners, and those that the store remembers. */
import type { ActiveSessions } from './active-sessions.ts';
import type { LiveSession } from './live-session.ts';
import * as problem from './session-errors.ts';
import type { SessionStore, StoredSession } from './session-store.ts';
import type { JourneyView, SessionView } from './sessions.ts';
import type { SessionsElsewhere } from './sessions-elsewhere.ts';
import { isForgotten, toActiveView, toJourneyViews, toSessionView } from './stored-views.ts';

export interface SessionLooksOptions {
  readonly store: Pick<SessionStore, 'find' | 'listJourneys' | 'listByUser'>;
  readonly active: Pick<ActiveSessions, 'find' | 'listByUser'>;
  /** Ended, and not in the store yet. */
  readonly settling: ReadonlyMap<string, LiveSession>;
  readonly elsewhere: Pick<SessionsElsewhere, 'list'>;
}

type WholeView = SessionView & { readonly journeys: readonly JourneyView[] };

export class SessionLooks {
  readonly #options: SessionLooksOptions;

  constructor(options: SessionLooksOptions) {
    this.#options = options;
  }

  listHere(username: string): SessionView[] {
    return this.#options.active.listByUser(username).map((live) => live.view);
  }

  async listEverywhere(username: string): Promise<SessionView[]> {
    const { active, elsewhere } = this.#options;
    const others = await elsewhere.list(username);
    const all = [
      ...active.listByUser(username).map(({ session, view }) => ({ ...session, view })),
      ...others.map((session) => ({ ...session, view: toActiveView(session) })),
    ];
    return all.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime()).map(({ view }) => view);
  }

  async view(username: string, sessionId: string): Promise<WholeView> {
    const { store, active, settling } = this.#options;
    const live = active.find(sessionId) ?? settling.get(sessionId);
    if (live === undefined) return this.#viewStored(username, sessionId);
    if (live.session.userId !== username) throw problem.accessDenied();
    if (live.view.status === 'stopped') throw problem.notFound();
    const journeys = await live.listJourneys(() => problem.askStore(store.listJourneys(sessionId)));
    return { ...live.view, journeys };
  }

  async #viewStored(username: string, sessionId: string): Promise<WholeView> {
    const { store } = this.#options;
    const session = await problem.askStore(store.find(sessionId));
    if (session === null) throw problem.notFound();
    if (session.userId !== username) throw problem.accessDenied();
    if (isForgotten(session, new Date())) throw problem.notFound();
    const journeys = toJourneyViews(await problem.askStore(store.listJourneys(sessionId)));
    return { ...toSessionView(session, journeys), journeys };
  }

  history(username: string, limit: number): Promise<readonly StoredSession[]> {
    return problem.askStore(this.#options.store.listByUser(username, limit));
  }
}
