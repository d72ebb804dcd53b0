// What the three tests answer (contracts 2.2/11).
import type { JsonObject } from '@trafficflux/campaigns';
import { isObject } from '../fields/body.ts';
import {
  average,
  countSuccesses,
  least,
  most,
  perSecond,
  round,
  sum,
  toPercent,
  toSeconds,
} from './figures.ts';
import type { Played, TestEntry } from './simulation.ts';
import type { TestCampaign } from './test-campaign.ts';
import { areAllTrue, verifyAnswers, verifyBidRequest, verifyBids, verifyEntry } from './verification.ts';

export function toGenerateAnswer(entry: TestEntry) {
  const [required, request] = [verifyEntry(entry), verifyBidRequest(entry)];
  return {
    success: true,
    test_type: 'generate_traffic_data',
    data: entry,
    verification: { required_fields: required, rtb_data: request },
    all_fields_valid: areAllTrue(required),
    rtb_data_valid: areAllTrue(request),
    timestamp: new Date().toISOString(),
  };
}

/** Without a bid request in its data nobody bids. */
export function toSimulateAnswer(trafficData: JsonObject, played: readonly Played[]) {
  const hasBidRequest = isObject(trafficData.rtb_data) && Object.keys(trafficData.rtb_data).length > 0;
  const results = played.map(({ entry, simulationMs }, index) => ({
    simulation_number: index + 1,
    ...toResponse(entry, hasBidRequest),
    simulation_duration: toSeconds(simulationMs),
    timestamp: entry.timestamp,
  }));
  const [responseFields, rtbFields] = [
    verifyAnswers(results),
    verifyBids(results.map((result) => ({ ...result, hasBidRequest }))),
  ];
  const times = played.map(({ simulationMs }) => simulationMs);
  const successes = countSuccesses(played);
  return {
    success: true,
    test_type: 'simulate_request',
    input_data: trafficData,
    simulation_results: results,
    statistics: {
      total_simulations: played.length,
      successful_simulations: successes,
      success_rate: toPercent(successes, played.length),
      average_simulation_time: toSeconds(average(times)),
      total_simulation_time: toSeconds(sum(times)),
    },
    verification: { response_fields: responseFields, rtb_fields: rtbFields },
    all_fields_valid: areAllTrue(responseFields),
    rtb_fields_valid: areAllTrue(rtbFields),
    timestamp: new Date().toISOString(),
  };
}

export function toFullAnswer({ id, settings }: TestCampaign, played: readonly Played[], totalMs: number) {
  const successRate = toPercent(countSuccesses(played), played.length);
  return {
    success: true,
    test_type: 'full_traffic_simulation',
    config: toConfig(id, settings),
    traffic_entries: played.map(({ entry, generationMs }, index) => ({
      request_number: index + 1,
      traffic_data: entry,
      generation_time: toSeconds(generationMs),
    })),
    simulation_results: played.map(toResult),
    traffic_analysis: toAnalysis(played, successRate),
    performance_metrics: toPerformance(played, totalMs),
    summary: {
      campaign_id: id,
      total_requests_processed: played.length,
      success_rate_percentage: successRate,
      total_processing_time_seconds: toSeconds(totalMs),
      requests_per_second: perSecond(played.length, totalMs),
    },
    timestamp: new Date().toISOString(),
  };
}

function toResult({ entry, generationMs, simulationMs }: Played, index: number) {
  const { user_profile_id, geo_location, device_brand, device_model, timestamp } = entry;
  return {
    request_number: index + 1,
    ...toResponse(entry, true),
    simulation_time: toSeconds(simulationMs),
    total_time: toSeconds(generationMs + simulationMs),
    user_profile: user_profile_id,
    geo_location,
    device_info: { device_brand, device_model },
    timestamp,
  };
}

function toResponse(entry: TestEntry, hasBidRequest: boolean) {
  return {
    success: entry.success,
    status_code: entry.status_code,
    response_time: entry.response_time,
    response_size: entry.response_size,
    bid_id: hasBidRequest ? entry.bid_id : null,
    win_price: hasBidRequest ? entry.win_price : null,
    currency: hasBidRequest ? entry.currency : null,
  };
}

function toAnalysis(played: readonly Played[], successRate: number) {
  const entries = played.map(({ entry }) => entry);
  const times = entries.map((entry) => entry.response_time);
  const prices = entries.map((entry) => entry.win_price).filter((price) => price !== null);
  return {
    total_requests: entries.length,
    successful_requests: countSuccesses(played),
    success_rate: successRate,
    average_response_time: round(average(times)),
    min_response_time: least(times),
    max_response_time: most(times),
    average_win_price: round(average(prices)),
    min_win_price: least(prices),
    max_win_price: most(prices),
    unique_geo_locations: new Set(entries.map((entry) => entry.geo_location)).size,
    unique_user_profiles: new Set(entries.map((entry) => entry.user_profile_id)).size,
  };
}

function toPerformance(played: readonly Played[], totalMs: number) {
  const generation = played.map(({ generationMs }) => generationMs);
  const simulation = played.map(({ simulationMs }) => simulationMs);
  const total = played.map(({ generationMs, simulationMs }) => generationMs + simulationMs);
  return {
    total_generation_time: toSeconds(sum(generation)),
    total_simulation_time: toSeconds(sum(simulation)),
    total_processing_time: toSeconds(totalMs),
    average_generation_time: toSeconds(average(generation)),
    average_simulation_time: toSeconds(average(simulation)),
    average_total_time: toSeconds(average(total)),
    requests_per_second: perSecond(played.length, totalMs),
  };
}

function toConfig(id: string, settings: TestCampaign['settings']) {
  return {
    campaign_id: id,
    target_url: settings.targetUrl,
    requests_per_minute: settings.requestsPerMinute,
    duration_minutes: settings.durationMinutes,
    geo_locations: settings.geoLocations,
    rtb_config: settings.rtbConfig,
    config: settings.config,
    user_profile_ids: settings.userProfileIds,
    profile_user_counts: settings.profileUserCounts,
    total_profile_users: sum(Object.values(settings.profileUserCounts)),
  };
}
