// Where the accounts are, from the environment of a service that knows people.
import { parseDatabaseUrl } from '@trafficflux/postgres';
import { ConfigError, checked, secret } from '@trafficflux/service-kit';
import { type Static, type TObject, Type } from 'typebox';

/** The variables of a service with accounts; a service spreads them beside its own. */
export const accountsVariables = {
  MONGO_URL: Type.Optional(secret()),
  DATABASE_NAME: Type.String({ minLength: 1, maxLength: 63, default: 'trafficflux_db' }),
  ACCOUNTS_DATABASE_URL: Type.Optional(secret()),
  /** Connections to the store of accounts. */
  ACCOUNTS_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 1000, default: 10 }),
  ACCOUNTS_CONNECT_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 3000 }),
  /** How long one statement or operation may take. */
  ACCOUNTS_ANSWER_TIMEOUT_MS: Type.Integer({ minimum: 1, default: 5000 }),
};

export interface AccountsConfig {
  /** Where it is set, accounts are kept there, else in PostgreSQL. */
  readonly mongo: { readonly url: string; readonly databaseName: string } | null;
  readonly databaseUrl: string | null;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
}

/**
 * `occasion` stands in the sentence where accounts are not always needed, for example `when TRAFFIC_AUTH is "required"`.
 *
 * @throws {ConfigError} neither store is named, or its address is none
 */
export function toAccountsConfig(
  values: Static<TObject<typeof accountsVariables>>,
  occasion = '',
): AccountsConfig {
  const { MONGO_URL, ACCOUNTS_DATABASE_URL } = values;
  if (MONGO_URL === undefined && ACCOUNTS_DATABASE_URL === undefined)
    throw new ConfigError(
      `MONGO_URL or ACCOUNTS_DATABASE_URL must be set${occasion && ` ${occasion}`}, but both are missing.`,
    );
  const mongoUrl = toUrl('MONGO_URL', MONGO_URL, checkMongoUrl);
  return {
    mongo: mongoUrl === null ? null : { url: mongoUrl, databaseName: values.DATABASE_NAME },
    databaseUrl: toUrl('ACCOUNTS_DATABASE_URL', ACCOUNTS_DATABASE_URL, parseDatabaseUrl),
    poolSize: values.ACCOUNTS_POOL_SIZE,
    connectTimeoutMs: values.ACCOUNTS_CONNECT_TIMEOUT_MS,
    answerTimeoutMs: values.ACCOUNTS_ANSWER_TIMEOUT_MS,
  };
}

function toUrl(name: string, text: string | undefined, check: (text: string) => unknown): string | null {
  return text === undefined ? null : checked(name, text, check);
}

/** As far as it can be seen without the driver, which is slow to load; whoever opens MongoDB checks the rest. */
function checkMongoUrl(text: string): void {
  if (!/^mongodb(?:\+srv)?:\/\/./.test(text))
    throw new TypeError('It must look like mongodb://user:password@host:27017.');
}
