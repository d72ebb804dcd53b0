// The process of the campaigns API.
import { runService } from '@trafficflux/service-kit';
import { buildApp } from './app.ts';
import { loadCampaignsConfig } from './config.ts';
import { openStores } from './stores/stores.ts';

await runService({
  name: 'campaigns-api',
  loadConfig: loadCampaignsConfig,
  build: async (config, logger) => buildApp(config, await openStores(config, logger), logger),
  docsPath: '/docs',
});
