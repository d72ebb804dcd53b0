// The rules of a campaign's fields (contracts 2.1). The first one that is broken names the error.
import type { JsonObject } from '@trafficflux/campaigns';
import { type Body, invalid, isAbsent, isObject, parseBody, requireFields } from '../fields/body.ts';
import { type ListBounds, toInteger, toJsonObject, toNumber, toText, toTexts } from '../fields/values.ts';
import { parseRtbConfig } from './rtb-config.ts';
import { parseRunConfig } from './run-config.ts';

export interface CampaignSettings {
  readonly name: string;
  readonly targetUrl: string;
  readonly requestsPerMinute: number;
  readonly durationMinutes: number | null;
  readonly geoLocations: readonly string[];
  readonly rtbConfig: JsonObject;
  readonly config: JsonObject;
  readonly userProfileIds: readonly string[];
  readonly profileUserCounts: Readonly<Record<string, number>>;
  readonly logFilePath: string | null;
  readonly logLevel: string | null;
  readonly logFormat: string | null;
  readonly userAgents: readonly string[];
  readonly referrers: readonly string[];
  readonly campaignReferrers: Readonly<Record<string, readonly string[]>>;
}

/** What is absent stays as it is. */
export type CampaignPatch = Partial<CampaignSettings>;

const MAX_RATE = 6000;
/** Ten years. */
const MAX_DURATION_MINUTES = 5_256_000;
const MAX_USERS = 1_000_000_000;
const NAMES: ListBounds = { items: 1000, length: 200 };
const LINES: ListBounds = { items: 1000, length: 2048 };
const MAX_KEYS = 1000;

const DEFAULTS: Omit<CampaignSettings, 'name' | 'targetUrl'> = {
  requestsPerMinute: 10,
  durationMinutes: 60,
  geoLocations: ['United States'],
  rtbConfig: parseRtbConfig({}),
  config: {},
  userProfileIds: [],
  profileUserCounts: {},
  logFilePath: null,
  logLevel: null,
  logFormat: null,
  userAgents: [],
  referrers: [],
  campaignReferrers: {},
};

interface Rule<Value> {
  readonly key: string;
  readonly parse: (value: unknown, label: string) => Value;
  /** Null is a value of it; elsewhere null is an absent field. */
  readonly takesNull?: true;
}

const orNull =
  <Value>(parse: (value: unknown, label: string) => Value) =>
  (value: unknown, label: string) =>
    value === null ? null : parse(value, label);
const shortText = orNull((value, label) => toText(label, value, 500));

const RULES: { readonly [Field in keyof CampaignSettings]: Rule<CampaignSettings[Field]> } = {
  name: { key: 'name', parse: (value, label) => toText(label, value, 255) },
  targetUrl: { key: 'target_url', parse: toTargetUrl },
  requestsPerMinute: {
    key: 'requests_per_minute',
    parse: (value, label) => toNumber(label, value, { above: 0, most: MAX_RATE }),
  },
  durationMinutes: {
    key: 'duration_minutes',
    parse: orNull((value, label) => toNumber(label, value, { above: 0, most: MAX_DURATION_MINUTES })),
    takesNull: true,
  },
  geoLocations: { key: 'geo_locations', parse: (value, label) => toTexts(label, value, NAMES) },
  rtbConfig: { key: 'rtb_config', parse: parseRtbConfig, takesNull: true },
  config: { key: 'config', parse: toConfig },
  userProfileIds: { key: 'user_profile_ids', parse: (value, label) => toTexts(label, value, NAMES) },
  profileUserCounts: { key: 'profile_user_counts', parse: toCounts, takesNull: true },
  logFilePath: { key: 'log_file_path', parse: shortText, takesNull: true },
  logLevel: { key: 'log_level', parse: shortText, takesNull: true },
  logFormat: { key: 'log_format', parse: shortText, takesNull: true },
  userAgents: { key: 'user_agents', parse: (value, label) => toTexts(label, value, LINES) },
  referrers: { key: 'referrers', parse: (value, label) => toTexts(label, value, LINES) },
  campaignReferrers: { key: 'campaign_referrers', parse: toReferrers },
};

export function parseNewCampaign(raw: unknown): CampaignSettings {
  const body = parseBody(raw);
  requireFields(body, 'name', 'target_url');
  return { ...DEFAULTS, ...(parseFields(body) as Pick<CampaignSettings, 'name' | 'targetUrl'>) };
}

/** Fields that no client may set, or that are unknown, change nothing (S22). */
export function parseCampaignPatch(raw: unknown): CampaignPatch {
  return parseFields(parseBody(raw));
}

function parseFields(body: Body): CampaignPatch {
  const patch: Record<string, unknown> = {};
  for (const [field, { key, parse, takesNull }] of Object.entries<Rule<unknown>>(RULES)) {
    const value = body[key];
    if (takesNull ? value !== undefined : !isAbsent(value)) patch[field] = parse(value, key);
  }
  return patch;
}

function toTargetUrl(value: unknown, label: string): string {
  if (typeof value !== 'string' || !/^https?:\/\//.test(value))
    throw invalid(label, 'must start with http:// or https://');
  const text = toText(label, value, 2048);
  if (!URL.canParse(text)) throw invalid(label, 'must be a valid URL');
  return text;
}

function toConfig(value: unknown, label: string): JsonObject {
  const config = toJsonObject(label, value);
  parseRunConfig(config);
  return config;
}

/** What is no object counts as `{}`. */
function toCounts(value: unknown, label: string): Record<string, number> {
  if (!isObject(value)) return {};
  assertKeys(label, value);
  const range = { least: 0, most: MAX_USERS };
  return Object.fromEntries(
    Object.entries(value).map(([id, count]) => [id, toInteger(`${label}.${id}`, count, range)]),
  );
}

function toReferrers(value: unknown, label: string): Record<string, string[]> {
  const map = toJsonObject(label, value);
  assertKeys(label, map);
  return Object.fromEntries(
    Object.entries(map).map(([key, urls]) => [key, toTexts(`${label}.${key}`, urls, LINES)]),
  );
}

function assertKeys(label: string, value: Body): void {
  const keys = Object.keys(value);
  if (keys.length > MAX_KEYS) throw invalid(label, `must not exceed ${MAX_KEYS} items`);
  for (const key of keys) toText(`${label} key`, key, 200);
}
