// How large settings may be (S40): every entry repeats some of them (contracts 2.4), and lists show all of them.
import { badRequest } from '../errors.ts';
import type { CampaignSettings } from './fields.ts';

const MAX_BYTES = 128 * 1024;
const MAX_ENTRY_BYTES = 15 * 1024;

/** @throws {AppError} `bad-request` */
export function assertSize(settings: Omit<CampaignSettings, 'name'>): void {
  const { targetUrl, geoLocations, rtbConfig, config, userProfileIds, profileUserCounts } = settings;
  const { userAgents, referrers, campaignReferrers } = settings;
  const repeated = [targetUrl, geoLocations, rtbConfig, config, userProfileIds, profileUserCounts];
  if (countBytes(repeated) > MAX_ENTRY_BYTES)
    throw badRequest(
      `Campaign is too large: target_url, geo_locations, rtb_config, config, user_profile_ids and profile_user_counts must not exceed ${MAX_ENTRY_BYTES} bytes of JSON`,
    );
  if (countBytes([...repeated, userAgents, referrers, campaignReferrers]) > MAX_BYTES)
    throw badRequest(`Campaign is too large: its settings must not exceed ${MAX_BYTES} bytes of JSON`);
}

function countBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
