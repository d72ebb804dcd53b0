// A load worker: the worker itself, and the few HTTP routes that show how it is.
import { addCounter, addGauge } from '@trafficflux/metrics';
import { type App, createApp, type Logger, withinLimit } from '@trafficflux/service-kit';
import type { Config } from './config.ts';
import { errorFormat } from './errors.ts';
import type { Stores } from './stores/stores.ts';
import { startWorker, type Worker } from './worker.ts';

/** Of the grace of a shutdown, after the worker's half. */
const CLOSE_SHARE = 0.25;

/** Builds the app on its stores, which close with it. The worker begins at once. */
export async function buildApp(config: Config, stores: Stores, logger: Logger): Promise<App> {
  const app = await createApp({
    name: 'load-worker',
    http: config.http,
    logger,
    errors: errorFormat,
    readiness: stores.readiness,
  });
  const worker = startWorker(config, stores, logger);
  app.addHook('onClose', async () => {
    await worker.close();
    // A store that does not answer is left as it is: the process ends.
    await withinLimit(stores.close(), config.http.shutdown.graceMs * CLOSE_SHARE);
  });
  addHealthRoute(app, config, worker);
  addWorkerMetrics(app, config, worker);
  return app;
}

/** Alive, by itself: whether its stores answer, `/health/ready` says. */
function addHealthRoute(app: App, { worker: { name, capacity } }: Config, worker: Worker): void {
  app.get('/health', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return { status: 'healthy', worker: name, capacity, campaigns: worker.campaigns };
  });
}

function addWorkerMetrics({ metrics }: App, { worker: { capacity } }: Config, worker: Worker): void {
  const { counts } = worker;
  addGauge(metrics, {
    name: 'worker_campaigns',
    help: 'Campaigns that this worker runs.',
    read: () => worker.campaigns,
  });
  addGauge(metrics, {
    name: 'worker_capacity',
    help: 'Campaigns that it runs at most.',
    read: () => capacity,
  });
  addCounter(metrics, {
    name: 'worker_entries_total',
    help: 'Entries stored.',
    read: () => counts.entries,
  });
  addCounter(metrics, {
    name: 'worker_chunks_total',
    help: 'Chunks stored.',
    read: () => counts.chunks,
  });
  addCounter(metrics, {
    name: 'worker_failed_writes_total',
    help: 'Writes of chunks that the database did not take at the first attempt.',
    read: () => counts.failedWrites,
  });
  addCounter(metrics, {
    name: 'worker_claims_total',
    help: 'Runs that this worker took.',
    read: () => counts.claims,
  });
  addCounter(metrics, {
    name: 'worker_take_overs_total',
    help: 'Runs that it took over from another owner.',
    read: () => counts.takeOvers,
  });
  addCounter(metrics, {
    name: 'worker_lost_runs_total',
    help: 'Runs that it gave up, since they were stopped, paused or taken over.',
    read: () => counts.lost,
  });
  addCounter(metrics, {
    name: 'worker_live_requests_total',
    help: 'Live requests sent.',
    read: () => counts.sent,
  });
  addCounter(metrics, {
    name: 'worker_missed_requests_total',
    help: 'Slots that passed without a request.',
    read: () => counts.missed,
  });
}
