// The process of a load worker.
import { runService } from '@trafficflux/service-kit';
import { buildApp } from './app.ts';
import { loadWorkerConfig } from './config.ts';
import { openStores } from './stores/stores.ts';

await runService({
  name: 'load-worker',
  loadConfig: loadWorkerConfig,
  build: (config, logger) => buildApp(config, openStores(config, logger), logger),
});
