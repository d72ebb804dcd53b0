// People by asking both stores: the accounts for who they are, the login sessions for whether they are logged in.
import {
  type Account,
  type AccountStore,
  AccountStoreUnavailableError,
  type Role,
  toAccountId,
} from '@trafficflux/accounts';
import { type Logger, withinLimit } from '@trafficflux/service-kit';
import type { Access } from '../login-sessions/access.ts';
import {
  type LoginSessionStore,
  LoginSessionsUnavailableError,
} from '../login-sessions/login-session-store.ts';
import type { People, Standing } from './people.ts';
import { RecentAnswers } from './recent-answers.ts';
import { createRounds } from './rounds.ts';

export interface PeopleOptions {
  readonly accounts: Pick<AccountStore, 'findAllById'>;
  readonly sessions: Pick<LoginSessionStore, 'findLive'>;
  readonly logger: Pick<Logger, 'error'>;
  /** A store that takes longer counts as away, for those who wait. */
  readonly answerTimeoutMs: number;
  /** How long an answer counts while its store is away. */
  readonly keptForMs?: number;
}

export interface AskedPeople extends People {
  /** The session ended here: from now on nothing that was known before counts for it. */
  forget(sessionId: string): void;
}

interface Question {
  readonly access: Access;
  readonly answer: (standing: Standing) => void;
}

/** Null: disabled, or not there. */
type Person = { readonly username: string; readonly roles: readonly Role[] } | null;

const KEPT_FOR_MS = 60_000;
/** Some tens of megabytes at most: ten times the connections of a full hub. */
const MAX_ENTRIES = 100_000;
const PACE_MS = 5;
const PACE_WHILE_AWAY_MS = 100;

const GONE: Standing = { is: 'gone' };
const UNKNOWN: Standing = { is: 'unknown' };

export function createPeople(options: PeopleOptions): AskedPeople {
  const { keptForMs = KEPT_FOR_MS } = options;
  const persons = new RecentAnswers<Person>({ keptForMs, maxEntries: MAX_ENTRIES });
  const logins = new RecentAnswers<boolean>({ keptForMs, maxEntries: MAX_ENTRIES });
  /** Sessions that ended here while a round was under way: what it brings of them is older. */
  const endedMeanwhile = new Set<string>();
  let isClosed = false;
  const rounds = createRounds<Question>({
    ask: askBoth,
    paceMs: PACE_MS,
    paceWhileAwayMs: PACE_WHILE_AWAY_MS,
  });

  async function askBoth(questions: readonly Question[]): Promise<boolean> {
    const userIds = [...new Set(questions.map(({ access }) => access.userId))];
    const sessionIds = [...new Set(questions.map(({ access }) => access.sessionId))];
    endedMeanwhile.clear();
    const [found, live] = await Promise.all([
      tryToAsk(() => options.accounts.findAllById(userIds.map(toAccountId))),
      tryToAsk(() => options.sessions.findLive(sessionIds)),
    ]);
    const nowMs = performance.now();
    if (found !== null) keepPersons(userIds, found, nowMs);
    if (live !== null) keepLogins(sessionIds, live, nowMs);
    for (const { access, answer } of questions) answer(toStanding(access, nowMs));
    persons.prune(nowMs);
    logins.prune(nowMs);
    return found !== null && live !== null;
  }

  function keepPersons(userIds: readonly string[], found: readonly Account[], nowMs: number): void {
    const byId = new Map(found.map((account) => [account.id, account]));
    for (const userId of userIds) {
      const account = byId.get(toAccountId(userId));
      const isThere = account !== undefined && !account.disabled;
      persons.set(userId, isThere ? { username: account.username, roles: account.roles } : null, nowMs);
    }
  }

  function keepLogins(sessionIds: readonly string[], live: ReadonlySet<string>, nowMs: number): void {
    for (const id of sessionIds) logins.set(id, live.has(id) && !endedMeanwhile.has(id), nowMs);
  }

  /** Null while the store is away. */
  async function tryToAsk<Found>(ask: () => Promise<Found>): Promise<Found | null> {
    const answer: { found: Found | null } = { found: null };
    try {
      const asked = ask().then((found) => {
        answer.found = found;
      });
      await withinLimit(asked, options.answerTimeoutMs);
    } catch (error) {
      // An outage tells of itself elsewhere; anything else is a fault of ours.
      if (!isOutage(error)) options.logger.error({ err: error }, 'people could not be asked for');
    }
    return answer.found;
  }

  function toStanding({ userId, sessionId }: Access, nowMs: number): Standing {
    const person = persons.find(userId, nowMs);
    const isLoggedIn = logins.find(sessionId, nowMs);
    if (person === null || isLoggedIn === false) return GONE;
    return person === undefined || isLoggedIn === undefined ? UNKNOWN : { is: 'present', ...person };
  }

  return {
    ask(access, answer) {
      if (isClosed) queueMicrotask(() => answer(UNKNOWN));
      else rounds.add({ access, answer });
    },
    get waiting() {
      return rounds.waiting;
    },
    forget(sessionId) {
      endedMeanwhile.add(sessionId);
      logins.set(sessionId, false, performance.now());
    },
    async close() {
      isClosed = true;
      for (const { answer } of await rounds.close()) answer(UNKNOWN);
    },
  };
}

function isOutage(error: unknown): boolean {
  return error instanceof AccountStoreUnavailableError || error instanceof LoginSessionsUnavailableError;
}
