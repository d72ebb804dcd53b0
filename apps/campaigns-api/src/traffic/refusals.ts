// The sentences for what cannot be done with the traffic of a campaign (contracts 2.2).
import { type CampaignStatus, STATUSES } from '@trafficflux/campaigns';
import { badRequest, conflict, notFound } from '../errors.ts';

export function campaignNotFound(id: string) {
  return notFound(`Campaign ${id} not found`);
}

/** To a start. */
export function alreadyGenerating(id: string, status: CampaignStatus) {
  return conflict('Traffic generation is already running for this campaign', { status, campaign_id: id });
}

/** To a change of the status. */
export function alreadyRunning(id: string, status: CampaignStatus) {
  return conflict('Traffic generation is already running for this campaign', {
    campaign_id: id,
    current_status: status,
  });
}

export function notRunning(id: string, status: CampaignStatus) {
  return badRequest(
    `Campaign must be in 'running' status to start traffic generation. Current status: ${status}`,
    { current_status: status, required_status: 'running', campaign_id: id },
  );
}

export function notResumable(id: string, status: CampaignStatus) {
  return badRequest(
    `Campaign must be in 'stopped' or 'error' status to resume traffic generation. Current status: ${status}`,
    { current_status: status, campaign_id: id },
  );
}

export function noTimeLeft(id: string) {
  return badRequest('No remaining time to resume', { campaign_id: id });
}

export function nothingToStop() {
  return notFound('No active traffic generation found for this campaign');
}

export function noTraffic() {
  return notFound('No traffic data found for campaign');
}

/** `provided` is shown as it came. */
export function invalidStatus(provided: unknown) {
  const allowed = STATUSES.map((status) => `'${status}'`).join(', ');
  return badRequest(`Invalid status. Must be one of: [${allowed}]`, { provided_status: provided });
}

export function invalidTransition(
  id: string,
  from: CampaignStatus,
  to: CampaignStatus,
  allowed: readonly CampaignStatus[],
) {
  return conflict(`Invalid status transition from '${from}' to '${to}'`, {
    campaign_id: id,
    current_status: from,
    requested_status: to,
    allowed_transitions: allowed,
  });
}
