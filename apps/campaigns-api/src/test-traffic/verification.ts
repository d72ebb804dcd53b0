// What a test verifies: that entries have what contracts 2.4 promise, of the right kind, field by field.
import type { TestEntry } from './simulation.ts';

export type Checks = Readonly<Record<string, boolean>>;

type Rule<Value = unknown> = (value: Value) => boolean;

const isText: Rule = (value) => typeof value === 'string' && value !== '';
const isTextOrNull: Rule = (value) => value === null || isText(value);
const isNumber: Rule = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount: Rule = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject: Rule = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime: Rule = (value) => isText(value) && !Number.isNaN(Date.parse(value as string));
const isFilled: Rule = (value) => Array.isArray(value) && value.length > 0;

/** Those that the documented service names. */
const REQUIRED: Readonly<Record<string, Rule>> = {
  id: isText,
  timestamp: isTime,
  campaign_id: isText,
  target_url: isText,
  requests_per_minute: isNumber,
  duration_minutes: (value) => value === null || isNumber(value),
  geo_locations: Array.isArray,
  rtb_config: isObject,
  config: isObject,
  user_profile_ids: Array.isArray,
  profile_user_counts: isObject,
  total_profile_users: isCount,
};
const RTB_DATA: Readonly<Record<string, Rule>> = {
  device_brand: isText,
  device_model: isText,
  ad_format: isText,
  app_category: isText,
  adid: isTextOrNull,
  id: isText,
  imp: isFilled,
  app: isObject,
  device: isObject,
  user: isObject,
  at: isCount,
  tmax: isCount,
  cur: isFilled,
  test: (value) => value === 1,
};
const RESPONSE: Readonly<Record<string, Rule>> = {
  success: (value) => typeof value === 'boolean',
  status_code: (value) => isCount(value) && (value as number) >= 200,
  response_time: isNumber,
  response_size: isCount,
};
/** A price only where the request succeeded; none of them where there was no bid request. */
const RTB: Readonly<Record<string, Rule<RtbAnswer>>> = {
  bid_id: ({ bid_id, hasBidRequest }) => (hasBidRequest ? isText(bid_id) : bid_id === null),
  win_price: (answer) => (isWon(answer) ? isNumber(answer.win_price) : answer.win_price === null),
  currency: (answer) => (isWon(answer) ? isText(answer.currency) : answer.currency === null),
};

export interface RtbAnswer {
  readonly success: boolean;
  readonly bid_id: unknown;
  readonly win_price: unknown;
  readonly currency: unknown;
  readonly hasBidRequest: boolean;
}

export function verifyEntry(entry: TestEntry): Checks {
  return checkOf(REQUIRED, entry);
}

export function verifyBidRequest({ rtb_data }: TestEntry): Checks {
  return checkOf(RTB_DATA, rtb_data);
}

/** Of all answers: whether each of them is right in the field. */
export function verifyAnswers(answers: readonly object[]): Checks {
  const checks = answers.map((answer) => checkOf(RESPONSE, answer as Readonly<Record<string, unknown>>));
  return Object.fromEntries(
    Object.keys(RESPONSE).map((field) => [field, checks.every((check) => check[field])]),
  );
}

export function verifyBids(answers: readonly RtbAnswer[]): Checks {
  return Object.fromEntries(Object.entries(RTB).map(([field, rule]) => [field, answers.every(rule)]));
}

export function areAllTrue(checks: Checks): boolean {
  return Object.values(checks).every(Boolean);
}

function checkOf(rules: Readonly<Record<string, Rule>>, value: Readonly<Record<string, unknown>>): Checks {
  return Object.fromEntries(Object.entries(rules).map(([field, rule]) => [field, rule(value[field])]));
}

function isWon({ success, hasBidRequest }: RtbAnswer): boolean {
  return success && hasBidRequest;
}
