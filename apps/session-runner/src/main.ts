// The process of the session runner.
import { runService } from '@trafficflux/service-kit';
import { buildApp } from './app.ts';
import { loadRunnerConfig } from './config.ts';
import { openStores } from './stores/stores.ts';

await runService({
  name: 'session-runner',
  loadConfig: loadRunnerConfig,
  build: (config, logger) => buildApp(config, openStores(config, logger), logger),
  docsPath: '/docs',
});
