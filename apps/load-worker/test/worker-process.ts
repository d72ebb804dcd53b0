// A load worker as a process of its own, which a test may kill or freeze.
import { type ServiceProcess, startServiceProcess } from '@trafficflux/tooling/service-tests';

export interface WorkerProcess extends ServiceProcess {
  readonly name: string;
}

let count = 0;

/** Starts it on a free port; returns when it listens. */
export async function startWorkerProcess(
  databaseUrl: string,
  environment: Record<string, string> = {},
): Promise<WorkerProcess> {
  const name = `process-${++count}`;
  const worker = await startServiceProcess(new URL('../src/main.ts', import.meta.url), {
    DATABASE_URL: databaseUrl,
    PLATFORM_DATABASE_URL: databaseUrl,
    WORKER_NAME: name,
    LEASE_MS: '1000',
    ...environment,
  });
  return { ...worker, name };
}
