// A campaign as its readers see it (contracts 2.1), from its row.
import type { CampaignStatus, JsonObject } from '@trafficflux/campaigns';
import type { Prisma } from '@trafficflux/campaigns/prisma';

/** Without what grows with a campaign or is for workers only. */
export const WITHOUT_RUN = { plan: true, lastEntry: true } as const;

export type CampaignRow = Omit<Prisma.CampaignGetPayload<object>, keyof typeof WITHOUT_RUN>;

/** Null for what no campaign can have as its id. */
export function toCampaignId(text: string): string | null {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text) ? text : null;
}

export type CampaignView = ReturnType<typeof toCampaignView>;

export function toCampaignView(row: CampaignRow) {
  return {
    id: row.id,
    name: row.name,
    target_url: row.targetUrl,
    status: row.status as CampaignStatus,
    requests_per_minute: row.requestsPerMinute,
    duration_minutes: row.durationMinutes,
    geo_locations: row.geoLocations as string[],
    rtb_config: row.rtbConfig as JsonObject,
    config: row.config as JsonObject,
    user_profile_ids: row.userProfileIds as string[],
    profile_user_counts: row.profileUserCounts as Record<string, number>,
    total_profile_users: countUsers(row.profileUserCounts as Record<string, number>),
    log_file_path: row.logFilePath,
    log_level: row.logLevel,
    log_format: row.logFormat,
    user_agents: row.userAgents as string[],
    referrers: row.referrers as string[],
    campaign_referrers: row.campaignReferrers as Record<string, string[]>,
    start_time: toTime(row.startTime),
    end_time: toTime(row.endTime),
    last_activity_time: toTime(row.lastEntryAt),
    total_requests: Number(row.lastSequence),
    successful_requests: Number(row.successfulRequests),
    progress_percentage: toProgress(row),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

function countUsers(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Made of what was planned for this run, in percent with two digits; 0 before the first run and without an end. */
export function toProgress({
  runSlots,
  lastSequence,
  runFirstSequence,
}: Pick<CampaignRow, 'runSlots' | 'lastSequence' | 'runFirstSequence'>): number {
  if (runSlots === null) return 0;
  const made = Number(lastSequence - runFirstSequence) + 1;
  return Math.min(100, Math.round((made / Number(runSlots)) * 10_000) / 100);
}

function toTime(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
