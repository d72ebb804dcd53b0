// The plan of a run: a campaign and its profiles as they are when it starts. Whoever takes the run over reads no more.
import { randomInt } from 'node:crypto';
import { DEFAULT_PROFILE, type JsonObject, type PlannedProfile, type RunPlan } from '@trafficflux/campaigns';
import type { CampaignRow } from '../campaigns/campaign.ts';
import { parseRunConfig } from '../campaigns/run-config.ts';
import { isObject } from '../fields/body.ts';
import type { ProfileRow } from '../profiles/repository.ts';

type Lists = Readonly<Record<string, readonly string[]>>;

/** `profiles` are those that the campaign names. */
export function toRunPlan(row: CampaignRow, profiles: readonly ProfileRow[]): RunPlan {
  const config = row.config as JsonObject;
  const { seed, ...runConfig } = parseRunConfig(config);
  const counts = row.profileUserCounts as Record<string, number>;
  const referrers = byInterest(row.campaignReferrers as Lists);
  return {
    ...runConfig,
    seed: seed ?? randomInt(2 ** 32),
    campaignId: row.id,
    campaignNumber: Number(row.number),
    targetUrl: row.targetUrl,
    requestsPerMinute: row.requestsPerMinute,
    durationMinutes: row.durationMinutes,
    profiles:
      profiles.length === 0
        ? [{ ...DEFAULT_PROFILE, referrers }]
        : profiles.map((profile) => toPlanned(profile, counts[profile.id] ?? 0, referrers)),
    geoLocations: row.geoLocations as string[],
    rtbConfig: row.rtbConfig as JsonObject,
    config,
    userProfileIds: row.userProfileIds as string[],
    profileUserCounts: counts,
    userAgents: row.userAgents as string[],
    referrers: row.referrers as string[],
  };
}

/** The campaign's own referrers go before those of the profile. */
function toPlanned(row: ProfileRow, users: number, referrers: Lists): PlannedProfile {
  const { demographics, devicePreferences, appUsage, rtbSpecifics } = row;
  return {
    id: row.id,
    users,
    interests: textsOf(demographics, 'interests'),
    countries: textsOf(demographics, 'countries'),
    deviceBrand: textOf(devicePreferences, 'device_brand'),
    deviceModels: textsOf(devicePreferences, 'device_models'),
    operatingSystem: textOf(devicePreferences, 'operating_system'),
    adFormats: textsOf(rtbSpecifics, 'preferred_ad_formats'),
    appCategories: textsOf(appUsage, 'preferred_app_categories'),
    adidPersistence: toPersistence(textOf(rtbSpecifics, 'adid_persistence')),
    referrers: { ...byInterest(row.referrers as Lists), ...referrers },
  };
}

/** Keys are an interest, or an interest, a pipe and a country; the lists of an interest become one. */
function byInterest(lists: Lists): Lists {
  const merged = new Map<string, Set<string>>();
  for (const [key, urls] of Object.entries(lists)) {
    const [interest = ''] = key.split('|', 1);
    merged.set(interest, new Set([...(merged.get(interest) ?? []), ...urls]));
  }
  return Object.fromEntries([...merged].map(([interest, urls]) => [interest, [...urls]]));
}

function textsOf(json: unknown, key: string): string[] {
  const value = isObject(json) ? json[key] : undefined;
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function textOf(json: unknown, key: string): string | null {
  const value = isObject(json) ? json[key] : undefined;
  return typeof value === 'string' ? value : null;
}

function toPersistence(text: string | null): PlannedProfile['adidPersistence'] {
  return text === 'per_session' || text === 'per_impression' ? text : 'per_user';
}
