// What the entries of a profile choose from, each choice as the bytes that it becomes.
import type { PlannedProfile, RunPlan } from '../plan.ts';
import { AdChoices, type AdMemory } from './ad-choices.ts';
import { Adids } from './adids.ts';
import { renderGeo } from './bid-request.ts';
import type { Count, Counted } from './counted.ts';
import { firstFilled } from './lists.ts';
import { quote } from './repair.ts';
import { toBytes } from './sheet.ts';

export interface PlaceChoice {
  readonly json: Uint8Array;
  /** From `geo_location` to the comma behind it. */
  readonly location: Uint8Array;
  /** The end of the device in the bid request, and from `user` to its id. */
  readonly geo: Uint8Array;
  readonly counted: Counted;
}

export interface InterestChoice {
  /** From `selected_profile_id` to `"selected_country":`. */
  readonly json: Uint8Array;
  /** Each from `referrer` to the comma behind it. */
  readonly referrers: readonly Uint8Array[];
}

export interface ProfileChoices {
  /** From `user_profile_id` to `"success":`. */
  readonly user: Uint8Array;
  readonly adids: Adids;
  readonly interests: readonly InterestChoice[];
  /** Empty: the place of the entry is the selected country too. */
  readonly countries: readonly PlaceChoice[];
  readonly ads: AdChoices;
}

/** Between a device and the id of its user. */
export const USER = ',"user":{"id":';

export function toProfileChoices(
  profile: PlannedProfile,
  plan: RunPlan,
  memory: AdMemory,
  count: Count,
): ProfileChoices {
  return {
    user: toBytes(`"user_profile_id":${quote(profile.id)},"success":`),
    adids: new Adids(profile, plan.seed),
    interests: toInterests(profile, plan),
    countries: profile.countries.map((country) => toPlace(country, count)),
    ads: new AdChoices(profile, plan, memory, count),
  };
}

export function toPlace(name: string, count: Count): PlaceChoice {
  return {
    json: toBytes(quote(name)),
    location: toBytes(`,"geo_location":${quote(name)},`),
    geo: toBytes(`${renderGeo(name)}}${USER}`),
    counted: count('geo_location', name),
  };
}

function toInterests({ id, interests, referrers }: PlannedProfile, plan: RunPlan): InterestChoice[] {
  // One list for all interests without their own: each may have a thousand.
  const common = toReferrers(firstFilled(referrers[''] ?? [], plan.referrers, [null]));
  const toChoice = (interest: string | null) => {
    const own = interest === null ? [] : (referrers[interest] ?? []);
    const json = interest === null ? 'null' : quote(interest);
    return {
      json: toBytes(`,"selected_profile_id":${quote(id)},"selected_interest":${json},"selected_country":`),
      referrers: own.length === 0 ? common : toReferrers(own),
    };
  };
  return interests.length === 0 ? [toChoice(null)] : interests.map(toChoice);
}

function toReferrers(urls: readonly (string | null)[]): Uint8Array[] {
  return urls.map((url) => toBytes(`,"referrer":${url === null ? 'null' : quote(url)},`));
}
