// Where a database is, from the text of a variable such as DATABASE_URL.

export interface DatabaseUrl {
  /** The connection string, as `pg` reads it. Holds the password: never log it. */
  readonly href: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

const DEFAULT_PORT = 5432;

/**
 * Parses a PostgreSQL connection string. `postgres://` and `postgresql://` are accepted, and the driver that
 * SQLAlchemy writes behind them (`postgresql+psycopg2://`) is dropped.
 *
 * Throws a `TypeError` whose sentence never repeats the text, since it may hold a password.
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  const match = /^postgres(?:ql)?(?:\+\w+)?:\/\/(.+)$/.exec(text.trim());
  if (!match) {
    throw new TypeError('The database URL must look like postgresql://user:password@host:5432/database.');
  }
  const href = `postgresql://${match[1]}`;
  if (!URL.canParse(href)) {
    throw new TypeError(
      'The database URL cannot be read: percent-encode special characters in the user name and the password.',
    );
  }
  const url = new URL(href);
  const database = decodeURIComponent(url.pathname.slice(1));
  if (!database) throw new TypeError('The database URL names no database: add /NAME after the host.');
  return { href, host: url.hostname || 'localhost', port: Number(url.port) || DEFAULT_PORT, database };
}
