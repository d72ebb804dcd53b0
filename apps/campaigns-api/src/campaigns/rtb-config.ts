// What bid requests take from a campaign's `rtb_config` (contracts 2.1 and 2.4), so that no setting makes an invalid one.
import type { JsonObject } from '@trafficflux/campaigns';
import { isAbsent, isObject } from '../fields/body.ts';
import { toBoolean, toInteger, toJsonObject, toNumber, toText, toTexts } from '../fields/values.ts';

const DEFAULTS = {
  device_brand: 'samsung',
  device_models: [],
  ad_formats: [],
  app_categories: [],
  generate_adid: true,
  simulate_bid_requests: true,
};

type Rule = (label: string, value: unknown) => unknown;

const text: Rule = (label, value) => toText(label, value, 500);
const texts: Rule = (label, value) => toTexts(label, value, { items: 100, length: 100 });
const pixels: Rule = (label, value) => toInteger(label, value, { least: 1, most: 10_000 });

const RULES: Readonly<Record<string, Rule>> = {
  device_brand: text,
  device_models: texts,
  ad_formats: texts,
  app_categories: texts,
  generate_adid: toBoolean,
  simulate_bid_requests: toBoolean,
  banner_w: pixels,
  banner_h: pixels,
  bidfloor: (label, value) => toNumber(label, value, { least: 0, most: 1_000_000 }),
  bidfloorcur: text,
  site_id: text,
  site_name: text,
  site_domain: text,
  ua: text,
  ip: text,
  user_id: text,
  // 1: first price, 2: second price; the exchange's own begin at 501.
  at: (label, value) => toInteger(label, value, { least: 1, most: 10_000 }),
  tmax: (label, value) => toInteger(label, value, { least: 1, most: 60_000 }),
  cur: (label, value) => (typeof value === 'string' ? text(label, value) : texts(label, value)),
};

/** Completes it. What is no object counts as `{}`; other keys are kept as they are. */
export function parseRtbConfig(value: unknown): JsonObject {
  const given = isObject(value) ? toJsonObject('rtb_config', value) : {};
  for (const [key, rule] of Object.entries(RULES)) {
    if (!isAbsent(given[key])) rule(`rtb_config.${key}`, given[key]);
  }
  return { ...DEFAULTS, ...given };
}
