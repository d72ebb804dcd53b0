// Plans and claims for tests: what /generate makes of a plain campaign, unless a test says otherwise.
import type { OwnedRun, RunPlan } from '@trafficflux/campaigns';
import { countSlots } from '@trafficflux/campaigns';

export function toPlan(fields: Partial<RunPlan> = {}): RunPlan {
  return {
    campaignId: 'session_1',
    campaignNumber: 1,
    targetUrl: 'https://example.com/',
    requestsPerMinute: 6000,
    durationMinutes: null,
    randomizeTiming: false,
    delivery: 'simulated',
    seed: 7,
    latencyMs: [50, 50],
    successRate: 0.85,
    profiles: [
      {
        id: 'default',
        users: 1,
        interests: [],
        countries: ['United States'],
        deviceBrand: 'samsung',
        deviceModels: ['Galaxy S24'],
        operatingSystem: 'Android',
        adFormats: ['banner'],
        appCategories: ['IAB9'],
        adidPersistence: 'per_user',
        referrers: {},
      },
    ],
    geoLocations: ['United States'],
    rtbConfig: {},
    config: {},
    userProfileIds: ['default'],
    profileUserCounts: { default: 1 },
    userAgents: [],
    referrers: [],
    ...fields,
  };
}

export function toOwnedRun(plan: Partial<RunPlan> = {}, fields: Partial<OwnedRun> = {}): OwnedRun {
  const whole = toPlan(plan);
  return {
    campaignId: whole.campaignId,
    run: 1,
    epoch: 1,
    plan: whole,
    slots: countSlots(whole.requestsPerMinute, whole.durationMinutes),
    elapsedMs: 0,
    serverTime: Date.parse('2026-01-01T00:00:00.000Z'),
    nextSlot: 0,
    lastSequence: 0,
    successfulRequests: 0,
    sentRequests: 0,
    missedRequests: 0,
    missed: 0,
    isTakeOver: false,
    runRequests: 0,
    ...fields,
  };
}
