// The process of the books API.
import { runService } from '@trafficflux/service-kit';
import { buildApp } from './app.ts';
import { loadBooksConfig } from './config.ts';
import { openStores } from './stores/stores.ts';

await runService({
  name: 'books-api',
  loadConfig: loadBooksConfig,
  build: (config, logger) => buildApp(config, openStores(config, logger), logger),
  docsPath: '/docs',
});
