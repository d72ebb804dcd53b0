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
  let current = first;
  let isStopping = false;

  const keepRunning = async () => {
    while (!isStopping) {
      await current.exited;
      // Also when it ended by itself: its guardian goes with it.
      await current.stop();
      if (!isStopping) current = await startAgain();
    }
    await current.stop();
  };

  const startAgain = async () => {
    onNews('ended unasked; starting it again');
    for (;;) {
      try {
        return await startEmbeddedPostgres({ dataDir, port: first.port });
      } catch (error) {
        if (isStopping) return current;
        onNews(error instanceof Error ? error.message : String(error));
        await delay(RETRY_MS);
      }
    }
  };
  const keeping = keepRunning();

  return {
    postgres: first,
    stop: async () => {
      isStopping = true;
      await current.stop();
      await keeping;
    },
  };
}
