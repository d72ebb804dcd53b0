// The databases of a running server.
import pg from 'pg';

export interface ProvidedDatabase {
  readonly name: string;
  readonly url: string;
  /** It was not there before. */
  readonly isNew: boolean;
}

/** Creates a database on the server of a URL, and returns its URL; leaves one that exists as it is. */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  await createDatabases(serverUrl, [name]);
  return urlOf(serverUrl, name);
}

/** Creates those of the databases that are missing, by way of one connection; an answer for each name. */
export async function createDatabases(
  serverUrl: string,
  names: readonly string[],
): Promise<ProvidedDatabase[]> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT datname FROM pg_database WHERE datname = ANY ($1)', [names]);
    const found = new Set(rows.map(({ datname }) => datname));
    for (const name of new Set(names)) if (!found.has(name)) await create(client, name);
    return names.map((name) => ({ name, url: urlOf(serverUrl, name), isNew: !found.has(name) }));
  } finally {
    await client.end();
  }
}

async function create(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    // Somebody else created it in the same moment.
    if (!(error instanceof pg.DatabaseError) || !['42P04', '23505'].includes(error.code ?? '')) throw error;
  }
}

function urlOf(serverUrl: string, name: string): string {
  return Object.assign(new URL(serverUrl), { pathname: encodeURIComponent(name) }).href;
}
