// Login sessions in PostgreSQL, in the table `login_sessions`. Its clock decides which are over.
import { isUnavailable } from '@trafficflux/postgres';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import {
  type LoginSession,
  type LoginSessionStore,
  LoginSessionsUnavailableError,
} from './login-session-store.ts';
import { isSessionId } from './session-id.ts';

interface Row {
  readonly id: string;
  readonly user_id: string;
  readonly created_at: Date;
  readonly expires_at: Date;
}

type Queryable = Pick<Pool | PoolClient, 'query'>;

const REMOVAL_INTERVAL_MS = 60_000;
/** Rows removed by one statement: it takes some milliseconds, and locks few. */
const REMOVED_AT_ONCE = 1000;

/** Keeps login sessions in the database of `pool`, which has the migrations of this service. */
export function createPostgresLoginSessionStore(pool: Pool): LoginSessionStore {
  let nextRemovalAt = 0;
  let removal: Promise<void> = Promise.resolve();

  return {
    async create(session, limit) {
      const ended = await askStore(() =>
        limit === 0 ? insert(pool, session).then(() => []) : insertWithin(pool, session, limit),
      );
      startRemoval();
      return ended;
    },

    async find(id) {
      if (!isSessionId(id)) return null;
      const { rows } = await askStore(() => pool.query<Row>(statements.find(id)));
      return rows[0] ? toSession(rows[0]) : null;
    },

    async findLive(ids) {
      const known = ids.filter(isSessionId);
      if (known.length === 0) return new Set();
      const { rows } = await askStore(() => pool.query<Pick<Row, 'id'>>(statements.findLive(known)));
      return new Set(rows.map(({ id }) => id));
    },

    async end(id) {
      if (!isSessionId(id)) return false;
      const { rowCount } = await askStore(() => pool.query(statements.end(id)));
      return rowCount === 1;
    },

    ping: () => askStore(async () => void (await pool.query('SELECT FROM login_sessions WHERE false'))),

    async close() {
      await removal;
      await pool.end();
    },
  };

  /** Whoever logs in starts it, now and then, and does not wait for it. */
  function startRemoval(): void {
    if (performance.now() < nextRemovalAt) return;
    nextRemovalAt = performance.now() + REMOVAL_INTERVAL_MS;
    // A failure leaves rows that nobody sees, for the next time.
    removal = removeOld(pool).catch(() => {});
  }
}

async function askStore<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    throw new LoginSessionsUnavailableError('The login sessions are not available.', { cause: error });
  }
}

async function insert(database: Queryable, session: LoginSession): Promise<void> {
  await database.query(statements.insert(session));
}

/** One login of a user after the other, so that two at once do not both find a place. */
async function insertWithin(pool: Pool, session: LoginSession, limit: number): Promise<readonly string[]> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('BEGIN');
    await client.query(statements.lockUser(session.userId));
    await insert(client, session);
    const { rows } = await client.query<Pick<Row, 'id'>>(statements.endOldest(session, limit - 1));
    await client.query('COMMIT');
    return rows.map(({ id }) => id);
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    // A connection with an open transaction is not lent out again.
    client.release(failure);
  }
}

async function removeOld(pool: Pool): Promise<void> {
  let removed: number | null;
  do {
    ({ rowCount: removed } = await pool.query(statements.removeOld()));
  } while (removed === REMOVED_AT_ONCE);
}

function toSession(row: Row): LoginSession {
  return {
    id: row.id,
    userId: row.user_id,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
  };
}

const statement = (name: string, text: string) => ({ name: `login-sessions-${name}`, text });

const INSERT = statement(
  'insert',
  'INSERT INTO login_sessions (id, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)',
);
const LOCK_USER = statement('lock-user', 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))');
const END_OLDEST = statement(
  'end-oldest',
  `DELETE FROM login_sessions WHERE id IN (
     SELECT id FROM login_sessions WHERE user_id = $1 AND id <> $2 AND expires_at > now()
     ORDER BY created_at DESC, id DESC OFFSET $3
   ) RETURNING id`,
);
const FIND = statement(
  'find',
  'SELECT id, user_id, created_at, expires_at FROM login_sessions WHERE id = $1 AND expires_at > now()',
);
const FIND_LIVE = statement(
  'find-live',
  'SELECT id FROM login_sessions WHERE id = ANY($1) AND expires_at > now()',
);
const END = statement('end', 'DELETE FROM login_sessions WHERE id = $1 AND expires_at > now()');
const REMOVE_OLD = statement(
  'remove-old',
  `DELETE FROM login_sessions WHERE id IN (
     SELECT id FROM login_sessions WHERE expires_at <= now()
     ORDER BY expires_at LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED
   )`,
);

/** Named statements are parsed once for each connection. */
const statements = {
  insert: ({ id, userId, createdAt, expiresAt }: LoginSession): QueryConfig => ({
    ...INSERT,
    values: [id, userId, new Date(createdAt), new Date(expiresAt)],
  }),
  lockUser: (userId: string): QueryConfig => ({ ...LOCK_USER, values: [userId] }),
  endOldest: ({ userId, id }: LoginSession, kept: number): QueryConfig => ({
    ...END_OLDEST,
    values: [userId, id, kept],
  }),
  find: (id: string): QueryConfig => ({ ...FIND, values: [id] }),
  findLive: (ids: readonly string[]): QueryConfig => ({ ...FIND_LIVE, values: [ids] }),
  end: (id: string): QueryConfig => ({ ...END, values: [id] }),
  removeOld: (): QueryConfig => REMOVE_OLD,
};
