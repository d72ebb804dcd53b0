// What starts, ends and changes runs of campaigns.
import { isStatus } from '@trafficflux/campaigns';
import { type App, ignoreBodies } from '@trafficflux/service-kit';
import { badRequest } from '../errors.ts';
import { isAbsent, isObject, parseBody, requireFields } from '../fields/body.ts';
import { invalidStatus } from './refusals.ts';
import * as operations from './run-operations.ts';
import type { RunService } from './run-service.ts';
import { toBegunView } from './views.ts';

interface WithId {
  Params: { readonly campaign_id: string };
}

export function addRunRoutes(app: App, runs: RunService): void {
  app.post('/api/traffic/generate', { schema: operations.generate }, async ({ body }) =>
    toBegunView(await runs.start(parseCampaignId(body)), 'Traffic generation started successfully'),
  );

  app.put(
    '/api/traffic/campaigns/:campaign_id/status',
    { schema: operations.changeStatus },
    async (request) => {
      const { campaign_id: id } = request.params;
      const status = parseStatus(request.body);
      const outcome = await runs.changeStatus(id, status);
      const { previousStatus, at } =
        outcome.kind === 'changed' ? outcome.change : { previousStatus: outcome.status, at: outcome.at };
      return {
        success: true,
        message: `Campaign status updated to ${status}`,
        campaign_id: id,
        previous_status: previousStatus,
        new_status: status,
        updated_at: at.toISOString(),
      };
    },
  );

  app.register(async (scope) => {
    ignoreBodies(scope);
    addBodilessRoutes(scope as App, runs);
  });
}

function addBodilessRoutes(app: App, runs: RunService): void {
  app.post<WithId>('/api/traffic/stop/:campaign_id', { schema: operations.stop }, async ({ params }) => {
    await runs.stop(params.campaign_id);
    return { success: true, message: 'Traffic generation stopped successfully' };
  });

  app.post<WithId>('/api/traffic/cleanup/:campaign_id', { schema: operations.cleanup }, async (request) => {
    await runs.cleanup(request.params.campaign_id, parsePurge(request.query));
    return { success: true, message: 'Campaign resources cleaned up successfully' };
  });

  app.post<WithId>('/api/traffic/resume/:campaign_id', { schema: operations.resume }, async ({ params }) =>
    toBegunView(await runs.resume(params.campaign_id), 'Traffic generation resumed successfully'),
  );
}

function parseCampaignId(raw: unknown): string {
  const body = parseBody(raw);
  requireFields(body, 'campaign_id');
  const { campaign_id: id } = body;
  if (id === '') throw badRequest('Missing required field: campaign_id');
  if (typeof id !== 'string') throw badRequest('Invalid campaign_id: must be a string');
  return id;
}

function parseStatus(raw: unknown) {
  const { status } = parseBody(raw);
  if (isAbsent(status) || status === '') throw badRequest('Status is required');
  if (!isStatus(status)) throw invalidStatus(status);
  return status;
}

function parsePurge(query: unknown): boolean {
  const { purge = 'false' } = isObject(query) ? query : {};
  if (purge === 'true' || purge === 'false') return purge === 'true';
  throw badRequest('Invalid purge: must be true or false');
}
