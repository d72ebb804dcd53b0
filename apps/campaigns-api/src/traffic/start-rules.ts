// What a campaign needs to start, in the documented order of its sentences (contracts 2.2/1).
import type { CampaignRow } from '../campaigns/campaign.ts';
import { badRequest } from '../errors.ts';

export type StartSettings = Pick<
  CampaignRow,
  'targetUrl' | 'userProfileIds' | 'profileUserCounts' | 'requestsPerMinute' | 'durationMinutes'
>;

/** A campaign without profiles is played by one built-in user. @throws {AppError} `bad-request` */
export function assertCanStart(settings: StartSettings): void {
  const { targetUrl, requestsPerMinute, durationMinutes } = settings;
  if (targetUrl === '') throw badRequest('Campaign target URL is required');
  const ids = settings.userProfileIds as string[];
  if (ids.length > 0) assertHasUsers(ids, settings.profileUserCounts as Record<string, number>);
  if (!(requestsPerMinute > 0)) throw badRequest('Requests per minute must be greater than 0');
  if (durationMinutes !== null && !(durationMinutes > 0))
    throw badRequest('Duration minutes must be greater than 0');
}

function assertHasUsers(ids: readonly string[], counts: Readonly<Record<string, number>>): void {
  if (!ids.every((id) => Object.hasOwn(counts, id)))
    throw badRequest('User counts must be specified for each profile');
  if (ids.every((id) => counts[id] === 0)) throw badRequest('Total number of users must be greater than 0');
}
