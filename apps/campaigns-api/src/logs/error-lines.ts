// H12: each error of a campaign is a line of the log with its id, also one that is only a refusal.
import { type App, AppError } from '@trafficflux/service-kit';
import type { FastifyRequest } from 'fastify';
import { toCampaignId } from '../campaigns/campaign.ts';
import { isObject } from '../fields/body.ts';

export function addErrorLines(app: App): void {
  app.addHook('onError', (request, _reply, error, done) => {
    const id = findCampaignId(request);
    // What is no refusal of ours may tell anything; the kit logs it with care.
    const sentence = error instanceof AppError ? error.message : 'request failed';
    if (id !== null) request.log.info({ campaign_id: id, event: 'error' }, sentence);
    done();
  });
}

function findCampaignId({ params, body }: FastifyRequest): string | null {
  for (const source of [params, body]) {
    const { campaign_id: campaign, session_id: session } = isObject(source) ? source : {};
    const id = campaign ?? session;
    if (typeof id === 'string') return toCampaignId(id);
  }
  return null;
}
