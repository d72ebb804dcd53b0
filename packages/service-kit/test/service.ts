/** A whole service in one file, which the tests of the process start, signal and watch. */
import { setTimeout as wait } from 'node:timers/promises';
import { Type } from 'typebox';
import {
  createApp,
  httpVariables,
  loadConfig,
  portVariable,
  runService,
  toHttpConfig,
} from '../src/index.ts';

await runService({
  name: 'test-service',
  loadConfig: () =>
    loadConfig({
      variables: { ...httpVariables, PORT: portVariable(0), BUILD_MS: Type.Integer({ default: 0 }) },
      shape: (variables) => ({ http: toHttpConfig(variables), buildMs: variables.BUILD_MS }),
    }),
  docsPath: '/docs',
  build: async (config, logger) => {
    logger.info('building');
    await wait(config.buildMs);
    const app = await createApp({
      name: 'test-service',
      http: config.http,
      logger,
      errors: { serialize: (error) => ({ error: error.message }) },
      docs: { document: { info: { title: 'Test', version: '1.0.0' } } },
    });
    app.get('/', async () => ({ ok: true }));
    app.get('/slow', async (request) => {
      await wait(Number((request.query as { ms?: string }).ms ?? 500));
      return { slow: true };
    });
    app.get('/crash', async () => {
      setImmediate(() => {
        throw new Error('a bug outside of any request');
      });
      return {};
    });
    app.addHook('onClose', async () => logger.info('stores closed'));
    return app;
  },
});
