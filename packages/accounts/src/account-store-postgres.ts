// Accounts in PostgreSQL, in the table `users`.
import { findConstraint, isUnavailable } from '@trafficflux/postgres';
import type { Pool } from 'pg';
import { isAccountId, isAccountName, toEmailKey } from './account-name.ts';
import { type Account, type AccountStore, AccountStoreUnavailableError, isRole } from './account-store.ts';
import { accountExists, checkNewAccount, createAccountId } from './new-account.ts';

interface Row {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly full_name: string | null;
  readonly hashed_password: string;
  readonly disabled: boolean;
  readonly roles: readonly string[];
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = 'id, username, email, full_name, hashed_password, disabled, roles, created_at, updated_at';

/** Keeps accounts in the database of `pool`, which has the migrations of `accountsMigrations`. */
export function createPostgresAccountStore(pool: Pool): AccountStore {
  /** Named statements are parsed once for each connection. */
  async function query(name: string, text: string, values: readonly unknown[] = []): Promise<Account[]> {
    try {
      const { rows } = await pool.query<Row>({ name: `accounts-${name}`, text, values: [...values] });
      return rows.map(toAccount);
    } catch (error) {
      if (findConstraint(error, 'unique')) throw accountExists(error);
      if (!isUnavailable(error)) throw error;
      throw new AccountStoreUnavailableError('The accounts are not available.', { cause: error });
    }
  }

  async function findOne(name: string, text: string, values: readonly unknown[]): Promise<Account | null> {
    const [account] = await query(name, text, values);
    return account ?? null;
  }

  return {
    async create(account) {
      const { username, email, fullName, hashedPassword, roles } = checkNewAccount(account);
      const [created] = await query(
        'create',
        `INSERT INTO users (id, username, email, email_key, full_name, hashed_password, roles, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING ${COLUMNS}`,
        [createAccountId(), username, email, toEmailKey(email), fullName, hashedPassword, roles, new Date()],
      );
      if (!created) throw new Error('PostgreSQL returned no row for the account that it created.');
      return created;
    },

    async findById(id) {
      if (!isAccountId(id)) return null;
      return findOne('by-id', `SELECT ${COLUMNS} FROM users WHERE id = $1`, [id]);
    },

    async findAllById(ids) {
      const known = ids.filter(isAccountId);
      if (known.length === 0) return [];
      return query('all-by-id', `SELECT ${COLUMNS} FROM users WHERE id = ANY($1)`, [known]);
    },

    async findByUsername(username) {
      if (!isAccountName(username)) return null;
      return findOne('by-username', `SELECT ${COLUMNS} FROM users WHERE username = $1`, [username]);
    },

    async findByLogin(login) {
      if (!isAccountName(login)) return null;
      return findOne(
        'by-login',
        `SELECT ${COLUMNS} FROM users WHERE username = $1 OR email_key = $2 ORDER BY username = $1 DESC LIMIT 1`,
        [login, toEmailKey(login)],
      );
    },

    list({ after, limit }) {
      return after === undefined
        ? query('first-page', `SELECT ${COLUMNS} FROM users ORDER BY username LIMIT $1`, [limit])
        : query('page', `SELECT ${COLUMNS} FROM users WHERE username > $2 ORDER BY username LIMIT $1`, [
            limit,
            after,
          ]);
    },

    async setDisabled(username, disabled) {
      if (!isAccountName(username)) return null;
      return findOne(
        'set-disabled',
        `UPDATE users SET disabled = $2, updated_at = $3 WHERE username = $1 RETURNING ${COLUMNS}`,
        [username, disabled, new Date()],
      );
    },

    async setRoles(username, roles) {
      if (!isAccountName(username)) return null;
      return findOne(
        'set-roles',
        `UPDATE users SET roles = $2, updated_at = $3 WHERE username = $1 RETURNING ${COLUMNS}`,
        [username, roles, new Date()],
      );
    },

    async ping() {
      await query('ping', 'SELECT 1 FROM users WHERE false');
    },
  };
}

function toAccount(row: Row): Account {
  return {
    id: row.id,
    username: row.username,
    email: row.email,
    fullName: row.full_name,
    hashedPassword: row.hashed_password,
    disabled: row.disabled,
    roles: row.roles.filter(isRole),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
