// A PostgreSQL of its own for a test file, which may stop it, start it again, or fill its database with anything.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@trafficflux/embedded-postgres';

export interface OwnServer {
  readonly url: string;
  stop(): Promise<void>;
  /** On the same port, with the same data. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

export async function startOwnServer(): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'trafficflux-own-postgres-'));
  const dataDir = join(folder, 'data');
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir, maxConnections: 50 });
  await server.createDatabase('own');
  const { port } = server;
  return {
    url: server.url('own'),
    stop: () => server.stop(),
    async restart() {
      server = await startEmbeddedPostgres({ dataDir, port, maxConnections: 50 });
    },
    async remove() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
