// A load worker as a process: what the service and the worker do together is tested as people run it.
import { type ServiceProcess, startServiceProcess } from '@trafficflux/tooling/service-tests';

export interface LoadWorker extends ServiceProcess {
  readonly name: string;
}

/** Returns when it is ready. */
export async function startLoadWorker(databaseUrl: string): Promise<LoadWorker> {
  const name = 'a-worker';
  const worker = await startServiceProcess(new URL('../../load-worker/src/main.ts', import.meta.url), {
    DATABASE_URL: databaseUrl,
    PLATFORM_DATABASE_URL: databaseUrl,
    WORKER_NAME: name,
  });
  return { ...worker, name };
}
