// The process of the realtime hub.
import { runService } from '@trafficflux/service-kit';
import { buildApp } from './app.ts';
import { loadHubConfig } from './config.ts';
import { openStores } from './stores/stores.ts';

await runService({
  name: 'realtime-hub',
  loadConfig: loadHubConfig,
  build: async (config, logger) => buildApp(config, await openStores(config, logger), logger),
  docsPath: '/docs',
});
