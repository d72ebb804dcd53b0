// The campaigns API: everything it consists of, in the order in which it is put together.
import { CAMPAIGN_QUEUE } from '@trafficflux/campaigns';
import { type App, addDocumentedSchemas, createApp, type Logger } from '@trafficflux/service-kit';
import { parseAllowList } from '@trafficflux/targets';
import { addAccess } from './access/access.ts';
import { createAnnouncements } from './announcements/announcements.ts';
import { createCampaignRepository } from './campaigns/repository.ts';
import { addCampaignRoutes } from './campaigns/routes.ts';
import { createCampaignService } from './campaigns/service.ts';
import type { Config } from './config.ts';
import { addDownloadRoutes } from './downloads/routes.ts';
import { errorFormat } from './errors.ts';
import { addGeneralRoutes } from './general/routes.ts';
import { addErrorLines } from './logs/error-lines.ts';
import { createLogRepository } from './logs/repository.ts';
import { addLogRoutes } from './logs/routes.ts';
import { docs, SCHEMAS } from './openapi.ts';
import { createProfileRepository } from './profiles/repository.ts';
import { addProfileRoutes } from './profiles/routes.ts';
import { addQueueMetrics } from './queues/metrics.ts';
import { addQueueBoard } from './queues/routes.ts';
import type { Stores } from './stores/stores.ts';
import { addTestRoutes } from './test-traffic/routes.ts';
import { addTrafficRoutes } from './traffic/routes.ts';

/** Builds the app on its stores, which close with it. */
export async function buildApp(config: Config, stores: Stores, logger: Logger): Promise<App> {
  const app = await createApp({
    name: 'campaigns-api',
    http: config.http,
    logger,
    errors: errorFormat,
    docs,
    readiness: { postgres: stores.ping },
  });
  app.addHook('onClose', () => stores.close());
  addDocumentedSchemas(app, SCHEMAS);

  const { prisma, states, chunks, queue, log } = stores;
  const allowList = parseAllowList(config.targetAllowlist);
  const announcements = createAnnouncements(stores.bus, logger);
  const campaigns = createCampaignRepository(prisma);
  const profiles = createProfileRepository(prisma);
  const service = createCampaignService({ campaigns, profiles, states, allowList, log, announcements });

  await addAccess(app, config, stores, logger);
  addErrorLines(app);
  addGeneralRoutes(app, config.access);
  addCampaignRoutes(app, { campaigns: service, repository: campaigns });
  addProfileRoutes(app, profiles);
  addLogRoutes(app, { logs: createLogRepository(prisma), campaigns, chunks });
  addTrafficRoutes(app, { ...stores, campaigns, profiles, allowList, announcements, logger });
  addDownloadRoutes(app, stores);
  addTestRoutes(app, { profiles });
  addQueueBoard(app, { queue, mode: config.access.mode });
  addQueueMetrics(app.metrics, { name: CAMPAIGN_QUEUE, queue });
  return app;
}
