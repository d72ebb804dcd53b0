// What the entries of a profile choose from, each choice as the bytes that it becomes.
import type { ChunkValue } from '../chunks/chunk-writer.ts';
import type { PlannedProfile, RunPlan } from '../plan.ts';
import { Adids } from './adids.ts';
import {
  DEFAULT_CATEGORIES,
  DEFAULT_FORMATS,
  readText,
  readTexts,
  renderApp,
  renderDeviceHead,
  renderGeo,
  renderImpressions,
} from './bid-request.ts';
import { listDevices } from './devices.ts';
import { quote, repairText } from './repair.ts';
import { toBytes } from './sheet.ts';

/** What statistics count: told once, when it is first chosen. */
export interface Counted {
  readonly value: ChunkValue;
  isTold: boolean;
}

export interface PlaceChoice {
  readonly json: Uint8Array;
  /** The end of the device in the bid request. */
  readonly geo: Uint8Array;
  readonly counted: Counted;
}

/** A device with a user agent, a format and a category: what of the entry and of its bid request depends on nothing else. */
export interface AdChoice {
  /** From `device_brand` to `"adid":` of the entry, and of the flat keys of `rtb_data`. */
  readonly flat: Uint8Array;
  /** From `user_agent` to the quote before the id of the bid request. */
  readonly agent: Uint8Array;
  /** From behind that id to the quote before the address of the device. */
  readonly request: Uint8Array;
  readonly counted: readonly Counted[];
}

export interface InterestChoice {
  /** From `selected_interest` to `"selected_country":`. */
  readonly json: Uint8Array;
  /** Each from `referrer` to the quote before the user's profile. */
  readonly referrers: readonly Uint8Array[];
}

export interface ProfileChoices {
  /** From `selected_profile_id` on. */
  readonly json: Uint8Array;
  /** From `user_profile_id` to `"success":`. */
  readonly user: Uint8Array;
  readonly users: number;
  readonly adids: Adids;
  readonly adidPersistence: PlannedProfile['adidPersistence'];
  readonly interests: readonly InterestChoice[];
  /** Empty: the place of the entry is the selected country too. */
  readonly countries: readonly PlaceChoice[];
  /** The choice of a device, a user agent, a format and a category, by their numbers. */
  readonly ads: readonly (readonly (readonly AdChoice[])[])[];
}

export const DEFAULT_PROFILE: PlannedProfile = {
  id: 'default',
  users: 1,
  interests: [],
  countries: [],
  deviceBrand: null,
  deviceModels: [],
  operatingSystem: null,
  adFormats: [],
  appCategories: [],
  adidPersistence: 'per_user',
  referrers: {},
};

/** Finds the one `Counted` of a value, so that it is told once whoever chooses it. */
export type Count = (kind: ChunkValue['kind'], value: string) => Counted;

export function toProfileChoices(profile: PlannedProfile, plan: RunPlan, count: Count): ProfileChoices {
  return {
    json: toBytes(`,"selected_profile_id":${quote(profile.id)}`),
    user: toBytes(`,"user_profile_id":${quote(profile.id)},"success":`),
    users: Math.max(1, profile.users),
    adids: new Adids(plan.seed, profile.id),
    adidPersistence: profile.adidPersistence,
    interests: toInterests(profile, plan),
    countries: profile.countries.map((country) => toPlace(country, count)),
    ads: toAds(profile, plan, count),
  };
}

export function toPlace(name: string, count: Count): PlaceChoice {
  return {
    json: toBytes(quote(name)),
    geo: toBytes(`${renderGeo(name)}},"user":{"id":`),
    counted: count('geo_location', name),
  };
}

function toInterests({ interests, referrers }: PlannedProfile, plan: RunPlan): InterestChoice[] {
  const common = plan.referrers.map(quote);
  const ofAll = (referrers[''] ?? []).map(quote);
  const toChoice = (interest: string | null) => {
    const own = interest === null ? [] : (referrers[interest] ?? []).map(quote);
    const json = interest === null ? 'null' : quote(interest);
    return {
      json: toBytes(`,"selected_interest":${json},"selected_country":`),
      referrers: firstFilled(own, ofAll, common, ['null']).map((each) => toBytes(`,"referrer":${each}`)),
    };
  };
  return interests.length === 0 ? [toChoice(null)] : interests.map(toChoice);
}

function toAds(profile: PlannedProfile, plan: RunPlan, count: Count): ProfileChoices['ads'] {
  const { rtbConfig, userAgents } = plan;
  const brand = profile.deviceBrand ?? readText(rtbConfig.device_brand, 'samsung');
  const models = firstFilled(profile.deviceModels, readTexts(rtbConfig.device_models));
  const formats = firstFilled(profile.adFormats, readTexts(rtbConfig.ad_formats), DEFAULT_FORMATS);
  const categories = firstFilled(
    profile.appCategories,
    readTexts(rtbConfig.app_categories),
    DEFAULT_CATEGORIES,
  );
  const fixed = readText(rtbConfig.ua, '');
  const agents = listDevices(brand, models, profile.operatingSystem).flatMap((device) => {
    const shown = fixed === '' ? firstFilled(userAgents, [device.userAgent]) : [fixed];
    return shown.map((userAgent) => ({ device, userAgent }));
  });
  const toAd = (
    { device, userAgent }: (typeof agents)[number],
    format: string,
    category: string,
  ): AdChoice => ({
    flat: toBytes(
      `"device_brand":${quote(device.brand)},"device_model":${quote(device.model)},"ad_format":${quote(format)},"app_category":${quote(category)},"adid":`,
    ),
    agent: toBytes(`,"user_agent":${quote(userAgent)},"rtb_data":{"id":"`),
    request: toBytes(
      `","imp":${renderImpressions(format, rtbConfig)},"app":${renderApp(category, rtbConfig)},"device":${renderDeviceHead(device, userAgent)},"ip":"`,
    ),
    counted: [count('device_model', device.model), count('ad_format', format)],
  });
  return agents.map((agent) =>
    formats.map((format) => categories.map((category) => toAd(agent, format, category))),
  );
}

/** One `Counted` for each value, found by any spelling that it is repaired from. */
export function createCount(): Count {
  const known = new Map<string, Counted>();
  return (kind, value) => {
    const repaired = repairText(value);
    const key = `${kind} ${repaired}`;
    // What is empty counts as none (contracts 2.2/8).
    const counted = known.get(key) ?? { value: { kind, value: repaired }, isTold: repaired === '' };
    known.set(key, counted);
    return counted;
  };
}

function firstFilled<Value>(...lists: readonly (readonly Value[])[]): readonly Value[] {
  return lists.find((list) => list.length > 0) ?? [];
}
