// What every entry of a run repeats of its campaign.
import type { RunPlan } from '../plan.ts';
import { repair } from './repair.ts';

const MAX_BYTES = 16 * 1024;

/**
 * The rest of `started_at`, and then the campaign's own fields.
 *
 * @throws {TypeError} when they exceed 16 KiB
 */
export function renderHead(plan: RunPlan): string {
  const head = JSON.stringify({
    campaign_id: plan.campaignId,
    target_url: repair(plan.targetUrl),
    requests_per_minute: plan.requestsPerMinute,
    duration_minutes: plan.durationMinutes,
    geo_locations: repair(plan.geoLocations),
    rtb_config: repair(plan.rtbConfig),
    config: repair(plan.config),
    user_profile_ids: repair(plan.userProfileIds),
    profile_user_counts: repair(plan.profileUserCounts),
    total_profile_users: Object.values(plan.profileUserCounts).reduce((sum, count) => sum + count, 0),
    simulated: plan.delivery === 'simulated',
  });
  if (Buffer.byteLength(head) > MAX_BYTES)
    throw new TypeError(`Each entry repeats the campaign's settings, and these exceed ${MAX_BYTES} bytes.`);
  return `Z",${head.slice(1, -1)}`;
}
