// One connection that is kept, for what PostgreSQL tells about one server's life only.
import type pg from 'pg';

export interface Session {
  /** Runs a query; `connection` counts up with each new connection. */
  query(request: pg.QueryArrayConfig): Promise<{ rows: unknown[][]; connection: number }>;
  close(): void;
}

/** Creates a session that connects when it is first used, and anew after its connection broke. */
export function createSession(pool: pg.Pool): Session {
  let current: { client: Promise<pg.PoolClient>; number: number } | undefined;
  let connections = 0;

  function connect() {
    connections++;
    const opened = { client: pool.connect(), number: connections };
    current = opened;
    opened.client.then(
      (client) => client.on('error', () => drop(opened)),
      () => drop(opened),
    );
    return opened;
  }

  function drop(opened: typeof current): void {
    if (!opened || current !== opened) return;
    current = undefined;
    opened.client.then(
      (client) => client.release(true),
      () => {},
    );
  }

  return {
    async query(request) {
      const used = current ?? connect();
      try {
        const { rows } = await (await used.client).query<unknown[]>(request);
        return { rows, connection: used.number };
      } catch (error) {
        drop(used);
        throw error;
      }
    },
    close: () => drop(current),
  };
}
