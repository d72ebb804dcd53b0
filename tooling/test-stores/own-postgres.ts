// A PostgreSQL of its own for a test file, which may stop it, start it again, or let it stall.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@trafficflux/embedded-postgres';

export interface OwnPostgres extends AsyncDisposable {
  /** Of an empty database; stays the same over restarts. */
  readonly url: string;
  stop(): Promise<void>;
  /** Ends it as `pg_ctl stop -m immediate` does: nothing is finished, and the next start recovers. */
  crash(): Promise<void>;
  /** On the same port, with the same data. */
  restart(): Promise<void>;
  /** From now on it accepts and never answers, until `thaw`. */
  freeze(): void;
  thaw(): void;
  remove(): Promise<void>;
}

/** Starts a PostgreSQL that belongs to the caller. */
export async function startOwnPostgres({ maxConnections = 100 } = {}): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'trafficflux-own-postgres-'));
  const dataDir = join(folder, 'data');
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir, maxConnections });
  const { port } = server;
  const remove = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    url: await server.createDatabase('own'),
    stop: () => server.stop(),
    async crash() {
      process.kill(server.pid, 'SIGQUIT');
      await server.exited;
    },
    async restart() {
      server = await startEmbeddedPostgres({ dataDir, port, maxConnections });
    },
    freeze: () => signalAll(server.pid, 'SIGSTOP'),
    thaw: () => signalAll(server.pid, 'SIGCONT'),
    remove,
    [Symbol.asyncDispose]: remove,
  };
}

/** The server first, so that it starts no further process meanwhile. */
function signalAll(server: number, signal: NodeJS.Signals): void {
  process.kill(server, signal);
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).split('\n');
  for (const line of lines) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (pid && parent === server) process.kill(pid, signal);
  }
}
