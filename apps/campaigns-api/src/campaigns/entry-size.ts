// Every entry repeats its campaign's settings (contracts 2.4): a bound on them bounds each entry, chunk and download.
import { badRequest } from '../errors.ts';
import type { CampaignSettings } from './fields.ts';

const MAX_BYTES = 15 * 1024;

/** @throws {AppError} `bad-request` */
export function assertFitsEntries(settings: Omit<CampaignSettings, 'name'>): void {
  const { targetUrl, geoLocations, rtbConfig, config, userProfileIds, profileUserCounts } = settings;
  const repeated = [targetUrl, geoLocations, rtbConfig, config, userProfileIds, profileUserCounts];
  if (Buffer.byteLength(JSON.stringify(repeated)) <= MAX_BYTES) return;
  throw badRequest(
    `Campaign is too large: target_url, geo_locations, rtb_config, config, user_profile_ids and profile_user_counts must not exceed ${MAX_BYTES} bytes of JSON`,
  );
}
