// The campaign that a test plays: a sample, and what the test's `config` says otherwise.
import type { RunPlan } from '@trafficflux/campaigns';
import { type CampaignRow, toCampaignId } from '../campaigns/campaign.ts';
import { type CampaignSettings, parseCampaignPatch, parseNewCampaign } from '../campaigns/fields.ts';
import { Session } from '../campaigns/schemas.ts';
import { assertSize } from '../campaigns/settings-size.ts';
import { type Body, invalid, isAbsent, isObject } from '../fields/body.ts';
import type { ProfileRow } from '../profiles/repository.ts';
import { toRunPlan } from '../traffic/plan.ts';
import { assertCanStart } from '../traffic/start-rules.ts';

export interface TestCampaign {
  readonly id: string;
  readonly settings: CampaignSettings;
}

const BASE = {
  name: 'Test',
  target_url: 'https://example.com',
  requests_per_minute: 10,
  duration_minutes: 1,
};
const SAMPLES = {
  generate: parseNewCampaign({
    ...BASE,
    user_profile_ids: ['profile1'],
    profile_user_counts: { profile1: 100 },
    rtb_config: {
      device_brand: 'samsung',
      device_models: ['Galaxy S24'],
      ad_formats: ['banner'],
      app_categories: ['IAB9'],
    },
  }),
  full: parseNewCampaign({
    ...BASE,
    geo_locations: ['United States', 'Canada'],
    user_profile_ids: ['profile1', 'profile2'],
    profile_user_counts: { profile1: 50, profile2: 30 },
    rtb_config: {
      device_brand: 'mixed',
      device_models: ['Galaxy S24', 'iPhone 15', 'Pixel 8'],
      ad_formats: ['banner', 'interstitial', 'native'],
    },
  }),
};
const SAMPLE_ID = 'test_campaign';
/** A session, as the sessions API shows it, is a config too: what is no setting of it changes nothing. */
const KEYS = new Set(['campaign_id', ...Object.keys(Session.properties)]);

/** @throws {AppError} `bad-request` */
export function parseTestCampaign(sample: keyof typeof SAMPLES, config: unknown): TestCampaign {
  const given = parseConfig(config);
  const patch = Object.keys(given).length === 0 ? {} : parseCampaignPatch(given);
  const settings = { ...SAMPLES[sample], ...patch };
  const campaign = { id: parseId(given), settings };
  assertCanStart(toRow(campaign));
  assertSize(settings);
  return campaign;
}

export function findSample(): TestCampaign {
  return { id: SAMPLE_ID, settings: SAMPLES.generate };
}

/** Nothing is ever sent. Profiles that are none of `profiles` are users of whom nothing is known. */
export function toTestPlan(campaign: TestCampaign, profiles: readonly ProfileRow[]): RunPlan {
  const row = toRow(campaign);
  const { userProfileIds: ids, profileUserCounts: counts } = campaign.settings;
  const plan = { ...toRunPlan(row, profiles), delivery: 'simulated' } as const;
  const [nobody] = toRunPlan(row, []).profiles;
  if (ids.length === 0 || nobody === undefined) return plan;
  const known = new Map(profiles.length === 0 ? [] : plan.profiles.map((profile) => [profile.id, profile]));
  return {
    ...plan,
    profiles: ids.map((id) => known.get(id) ?? { ...nobody, id, users: counts[id] ?? 0 }),
  };
}

function parseConfig(config: unknown): Body {
  if (isAbsent(config)) return {};
  if (!isObject(config)) throw invalid('config', 'must be an object');
  const unknown = Object.keys(config).find((key) => !KEYS.has(key));
  if (unknown !== undefined) throw invalid('config', `unknown key ${JSON.stringify(unknown.slice(0, 100))}`);
  return config;
}

function parseId({ campaign_id: campaignId, id }: Body): string {
  const text = campaignId ?? id ?? SAMPLE_ID;
  if (typeof text === 'string' && toCampaignId(text) !== null) return text;
  throw invalid('campaign_id', 'must be 1 to 64 letters, digits, underscores and hyphens');
}

/** As much of a row as plans and their rules read. */
function toRow({ id, settings }: TestCampaign): CampaignRow {
  return { ...settings, id, number: 0n } as unknown as CampaignRow;
}
