// The process of the session runner.
import { runService } from '@trafficflux/service-kit';
import { buildApp } from './app.ts';
import { loadRunnerConfig } from './config.ts';
import { openStores } from './stores/stores.ts';

await runService({
  name: 'session-runner',
  loadConfig: loadRunnerConfig,
  build: async (config, logger) => buildApp(config, await openStores(config, logger), logger),
  docsPath: '/docs',
});
