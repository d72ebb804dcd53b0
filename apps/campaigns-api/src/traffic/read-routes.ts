// What tells how campaigns get on; none of it reads entries.
import type { App } from '@trafficflux/service-kit';
import { toCampaignId } from '../campaigns/campaign.ts';
import type { CampaignRepository } from '../campaigns/repository.ts';
import { type HealthOptions, readHealth } from './health.ts';
import * as operations from './read-operations.ts';
import { campaignNotFound, noTraffic } from './refusals.ts';
import type { TrafficRepository, WatchedRow } from './repository.ts';
import { toInfoView, toMonitorView, toStatsView, toStatusView } from './views.ts';

export interface ReadRoutesOptions extends HealthOptions {
  readonly campaigns: Pick<CampaignRepository, 'find'>;
  readonly traffic: TrafficRepository;
}

export function addReadRoutes(app: App, options: ReadRoutesOptions): void {
  const { campaigns, traffic, ownership } = options;

  app.get('/api/traffic/monitor/:campaign_id', { schema: operations.monitor }, async ({ params }) => {
    const { campaign_id: id } = params;
    return { success: true, data: toMonitorView(id, await watch(traffic, id)) };
  });

  app.get('/api/traffic/status/:campaign_id', { schema: operations.status }, async ({ params }) => {
    const { campaign_id: id } = params;
    return { success: true, data: toStatusView(id, await watch(traffic, id)) };
  });

  app.get('/api/traffic/stats/:campaign_id', { schema: operations.stats }, async ({ params }) => {
    const id = toCampaignId(params.campaign_id);
    const row = id === null ? null : await traffic.findWithValues(id);
    if (row === null || row.lastSequence === 0n) throw noTraffic();
    return { success: true, data: toStatsView(row) };
  });

  app.get('/api/traffic/campaigns/:campaign_id/info', { schema: operations.info }, async ({ params }) => {
    const id = toCampaignId(params.campaign_id);
    const row = id === null ? null : await campaigns.find(id);
    if (row === null) throw campaignNotFound(params.campaign_id);
    return { success: true, data: toInfoView(row, await ownership.listWorkers()) };
  });

  app.get('/api/traffic/health', { schema: operations.health, config: { neverShed: true } }, () =>
    readHealth(options),
  );
}

/** Of an unknown campaign there is nothing to see; what is no id at all is not found. */
async function watch(traffic: TrafficRepository, text: string): Promise<WatchedRow | null> {
  const id = toCampaignId(text);
  if (id === null) throw campaignNotFound(text);
  return traffic.find(id);
}
