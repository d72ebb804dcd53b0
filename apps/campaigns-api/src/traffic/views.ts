// What readers see of the traffic of a campaign (contracts 2.2).
import type { CampaignStatus, JsonObject, WorkerPresence } from '@trafficflux/campaigns';
import { type CampaignRow, toCampaignView } from '../campaigns/campaign.ts';
import type { DistinctValues, TrafficRow, WatchedRow } from './repository.ts';
import type { Begun } from './run-service.ts';

const MS_PER_MINUTE = 60_000;

export function toBegunView({ plan, run }: Begun, message: string) {
  return {
    success: true as const,
    message,
    campaign_id: run.campaignId,
    status: 'running' as const,
    thread_id: run.threadId,
    config: {
      requests_per_minute: plan.requestsPerMinute,
      duration_minutes: plan.durationMinutes,
      total_users: plan.profiles.reduce((sum, { users }) => sum + users, 0),
      profiles: plan.profiles.length,
    },
  };
}

/** An unknown campaign is one without traffic: `row` is null. */
export function toStatusView(campaignId: string, row: WatchedRow | null) {
  return { ...toProgressView(campaignId, row), status: (row?.status ?? null) as CampaignStatus | null };
}

export function toMonitorView(campaignId: string, row: WatchedRow | null) {
  return { ...toProgressView(campaignId, row), ...toRates(row) };
}

export function toStatsView(row: TrafficRow & DistinctValues) {
  const total = Number(row.lastSequence);
  const minutes = toMinutes(row);
  return {
    total_requests: total,
    successful_requests: Number(row.successfulRequests),
    success_rate: round(toSuccessRate(row)),
    unique_geo_locations: row.geoLocations,
    unique_device_models: row.deviceModels,
    unique_ad_formats: row.adFormats,
    start_time: row.firstEntryAt?.toISOString() ?? null,
    end_time: row.lastEntryAt?.toISOString() ?? null,
    duration_minutes: round(minutes),
    requests_per_minute: round(minutes === 0 ? 0 : total / minutes),
  };
}

export function toInfoView(row: CampaignRow, workers: readonly WorkerPresence[]) {
  const view = toCampaignView(row);
  const total = Number(row.lastSequence);
  return {
    campaign_id: row.id,
    basic_info: {
      name: view.name,
      target_url: view.target_url,
      status: view.status,
      created_at: view.created_at,
      updated_at: view.updated_at,
      start_time: view.start_time,
      end_time: view.end_time,
      error: row.error,
    },
    traffic_generation: {
      is_running: isRunning(row),
      thread_id: row.isGenerating ? row.threadId : null,
      requests_per_minute: view.requests_per_minute,
      duration_minutes: view.duration_minutes,
      user_profile_ids: view.user_profile_ids,
      profile_user_counts: view.profile_user_counts,
      total_profile_users: view.total_profile_users,
      progress_percentage: view.progress_percentage,
      // A worker that died stands in the row until another takes the campaign.
      worker: workers.find(({ name }) => name === row.owner)?.name ?? null,
      workers: workers.length,
      missed_requests: Number(row.missedRequests),
      sent_requests: Number(row.sentRequests),
    },
    traffic_stats: {
      has_traffic_data: total > 0,
      total_requests: total,
      successful_requests: Number(row.successfulRequests),
      success_rate: round(toSuccessRate(row)),
      last_request_time: row.lastEntryAt?.toISOString() ?? null,
    },
    configuration: { geo_locations: view.geo_locations, rtb_config: view.rtb_config, config: view.config },
  };
}

function toProgressView(campaignId: string, row: WatchedRow | null) {
  const total = Number(row?.lastSequence ?? 0);
  return {
    campaign_id: campaignId,
    is_running: row !== null && isRunning(row),
    has_data: total > 0,
    last_updated: new Date().toISOString(),
    total_requests: total,
    successful_requests: Number(row?.successfulRequests ?? 0),
    last_request: (row?.lastEntry ?? null) as JsonObject | null,
  };
}

function toRates(row: WatchedRow | null) {
  const total = Number(row?.lastSequence ?? 0);
  if (row === null || total === 0)
    return { requests_per_minute: 0, success_rate: 0, average_response_time: 0 };
  const minutes = toMinutes(row);
  return {
    requests_per_minute: minutes === 0 ? 0 : total / minutes,
    success_rate: toSuccessRate(row),
    average_response_time: Number(row.responseTimeUs) / 1000 / total,
  };
}

function isRunning({ isGenerating, status }: Pick<CampaignRow, 'isGenerating' | 'status'>): boolean {
  return isGenerating && status === 'running';
}

/** Between the first and the last entry. */
function toMinutes({ firstEntryAt, lastEntryAt }: Pick<TrafficRow, 'firstEntryAt' | 'lastEntryAt'>): number {
  if (firstEntryAt === null || lastEntryAt === null) return 0;
  return (lastEntryAt.getTime() - firstEntryAt.getTime()) / MS_PER_MINUTE;
}

/** In percent. */
function toSuccessRate({
  lastSequence,
  successfulRequests,
}: Pick<TrafficRow, 'lastSequence' | 'successfulRequests'>): number {
  const total = Number(lastSequence);
  return total === 0 ? 0 : (100 * Number(successfulRequests)) / total;
}

/** To two digits after the point. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
