// The embedded PostgreSQL under the supervisor: started again on the same port when it dies, so that the services,
// which reconnect by themselves, find it where it was.
import { setTimeout as delay } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@trafficflux/embedded-postgres';

const RETRY_MS = 500;

export interface PostgresProcess {
  readonly postgres: EmbeddedPostgres;
  stop(): Promise<void>;
}

export async function startPostgres(
  dataDir: string,
  onNews: (sentence: string) => void,
): Promise<PostgresProcess> {
  const first = await startEmbeddedPostgres({ dataDir });
  let current: EmbeddedPostgres | undefined = first;
  let isStopping = false;

  const keepRunning = async () => {
    while (current !== undefined) {
      await current.exited;
      await current.stop();
      current = undefined;
      while (!isStopping && current === undefined) {
        onNews('ended unasked; starting it again');
        current = await startEmbeddedPostgres({ dataDir, port: first.port }).catch((error: Error) => {
          onNews(error.message);
          return undefined;
        });
        if (current === undefined) await delay(RETRY_MS);
      }
    }
  };
  const keeping = keepRunning();

  return {
    postgres: first,
    stop: async () => {
      isStopping = true;
      await current?.stop();
      await keeping;
    },
  };
}
