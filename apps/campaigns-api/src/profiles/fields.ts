// The rules of a profile's fields (contracts 2.1). Objects are completed; keys that mean nothing to us are kept.
import type { JsonObject } from '@trafficflux/campaigns';
import { badRequest } from '../errors.ts';
import { type Body, invalid, isAbsent, parseBody, requireFields } from '../fields/body.ts';
import { toJsonObject, toNumber, toText, toTexts } from '../fields/values.ts';

export interface ProfileSettings {
  readonly name: string;
  readonly description: string;
  readonly demographics: JsonObject;
  readonly devicePreferences: JsonObject;
  readonly appUsage: JsonObject;
  readonly rtbSpecifics: JsonObject;
  readonly referrers: JsonObject;
}

/** What is absent stays as it is. */
export type ProfilePatch = Partial<ProfileSettings>;

type Rule = (label: string, value: unknown) => unknown;

const text: Rule = (label, value) => toText(label, value, 200);
const texts: Rule = (label, value) => toTexts(label, value, { items: 200, length: 200 });
const MAX_MINUTES = 1_000_000;
const MAX_BYTES = 32 * 1024;

/** Of each object: the value that stands for a missing key, and the rule of one that is there. */
const OBJECTS = {
  demographics: {
    age_group: [null, text],
    gender: [null, text],
    interests: [[], texts],
    countries: [[], texts],
  },
  device_preferences: {
    device_brand: [null, text],
    device_models: [[], texts],
    operating_system: [null, text],
  },
  app_usage: {
    preferred_app_categories: [[], texts],
    session_duration_avg_minutes: [
      null,
      (label, value) => toNumber(label, value, { least: 0, most: MAX_MINUTES }),
    ],
  },
  rtb_specifics: {
    preferred_ad_formats: [[], texts],
    adid_persistence: ['per_user', toPersistence],
  },
} as const satisfies Record<string, Record<string, readonly [JsonObject[string], Rule]>>;

const PERSISTENCES = ['per_user', 'per_session', 'per_impression'];

export function parseNewProfile(raw: unknown): ProfileSettings {
  const body = parseProfileBody(raw);
  requireFields(body, 'name', 'description');
  return {
    name: toText('name', body.name, 255),
    description: toText('description', body.description, 5000),
    demographics: complete('demographics', body.demographics),
    devicePreferences: complete('device_preferences', body.device_preferences),
    appUsage: complete('app_usage', body.app_usage),
    rtbSpecifics: complete('rtb_specifics', body.rtb_specifics),
    referrers: toReferrers(body.referrers),
  };
}

export function parseProfilePatch(raw: unknown): ProfilePatch {
  const body = parseProfileBody(raw);
  const has = (key: string) => !isAbsent(body[key]);
  return {
    ...(has('name') && { name: toText('name', body.name, 255) }),
    ...(has('description') && { description: toText('description', body.description, 5000) }),
    ...(has('demographics') && { demographics: complete('demographics', body.demographics) }),
    ...(has('device_preferences') && {
      devicePreferences: complete('device_preferences', body.device_preferences),
    }),
    ...(has('app_usage') && { appUsage: complete('app_usage', body.app_usage) }),
    ...(has('rtb_specifics') && { rtbSpecifics: complete('rtb_specifics', body.rtb_specifics) }),
    ...(has('referrers') && { referrers: toReferrers(body.referrers) }),
  };
}

/** Lists show profiles whole, and each run has a copy of its own: a bound on what is sent bounds them (S40). */
function parseProfileBody(raw: unknown): Body {
  const body = parseBody(raw);
  if (Buffer.byteLength(JSON.stringify(body)) <= MAX_BYTES) return body;
  throw badRequest(`Profile is too large: it must not exceed ${MAX_BYTES} bytes of JSON`);
}

function complete(name: keyof typeof OBJECTS, value: unknown): JsonObject {
  const given: Body = isAbsent(value) ? {} : toJsonObject(name, value);
  const defaults: Record<string, unknown> = {};
  for (const [key, [standIn, rule]] of Object.entries(OBJECTS[name])) {
    if (isAbsent(given[key])) defaults[key] = standIn;
    else rule(`${name}.${key}`, given[key]);
  }
  return { ...given, ...defaults } as JsonObject;
}

/** Lists of URLs by interest, or by interest, a pipe and a country. */
function toReferrers(value: unknown): JsonObject {
  const given = isAbsent(value) ? {} : toJsonObject('referrers', value);
  for (const [key, urls] of Object.entries(given))
    toTexts(`referrers.${key}`, urls, { items: 1000, length: 2048 });
  return given;
}

function toPersistence(label: string, value: unknown): unknown {
  if (PERSISTENCES.some((persistence) => persistence === value)) return value;
  throw invalid(label, `must be one of ${PERSISTENCES.join(', ')}`);
}
