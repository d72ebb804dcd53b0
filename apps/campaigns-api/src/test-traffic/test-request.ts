// What POST /api/traffic/test is asked for (contracts 2.2/11).
import type { JsonObject } from '@trafficflux/campaigns';
import type { AppError } from '@trafficflux/service-kit';
import { badRequest } from '../errors.ts';
import { type Body, invalid, isAbsent, isObject, parseBody } from '../fields/body.ts';
import { toInteger, toJsonObject } from '../fields/values.ts';
import { parseTestCampaign, type TestCampaign } from './test-campaign.ts';

export type TestRequest =
  | { readonly type: 'generate_traffic_data'; readonly campaign: TestCampaign }
  /** Without traffic data of its own, a sample. */
  | { readonly type: 'simulate_request'; readonly trafficData: JsonObject | null; readonly count: number }
  | { readonly type: 'full_traffic_simulation'; readonly campaign: TestCampaign; readonly count: number };

export const TEST_TYPES = ['generate_traffic_data', 'simulate_request', 'full_traffic_simulation'] as const;
export const MAX_COUNT = 100;
const DEFAULT_COUNT = 5;
const MAX_SHOWN = 100;

/** @throws {AppError} `bad-request` */
export function parseTestRequest(raw: unknown): TestRequest {
  const body = parseTestBody(raw);
  const { test_type: type, config } = body;
  if (isAbsent(type) || type === '') throw badRequest('No test type specified');
  switch (type as TestRequest['type']) {
    case 'generate_traffic_data':
      return { type: 'generate_traffic_data', campaign: parseTestCampaign('generate', config) };
    case 'simulate_request':
      return {
        type: 'simulate_request',
        trafficData: parseTrafficData(body),
        count: parseCount(body, 'num_simulations'),
      };
    case 'full_traffic_simulation':
      return {
        type: 'full_traffic_simulation',
        campaign: parseTestCampaign('full', config),
        count: parseCount(body, 'num_requests'),
      };
    default:
      throw badRequest(`Unknown test type: ${show(type)}`);
  }
}

export function noTestData(): AppError {
  return badRequest('No test data provided');
}

function parseTestBody(raw: unknown): Body {
  if (isAbsent(raw) || (isObject(raw) && Object.keys(raw).length === 0)) throw noTestData();
  return parseBody(raw);
}

function parseTrafficData({ traffic_data: trafficData }: Body): JsonObject | null {
  if (isAbsent(trafficData)) return null;
  const data = toJsonObject('traffic_data', trafficData);
  assertMatchable('traffic_data', data);
  if (isObject(data.rtb_data)) assertMatchable('traffic_data.rtb_data', data.rtb_data);
  return data;
}

/** Bids name the impression that they are for: in a bid request each has an id of its own (F65). */
function assertMatchable(label: string, { imp }: Body): void {
  if (imp === undefined) return;
  const ids = Array.isArray(imp) ? imp.map((each) => (isObject(each) ? each.id : undefined)) : [];
  const isRight = ids.length > 0 && ids.every(isFilledText) && new Set(ids).size === ids.length;
  if (!isRight) throw invalid(`${label}.imp`, 'must be a list of impressions, each with an id of its own');
}

function isFilledText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function parseCount(body: Body, key: string): number {
  const count = body[key];
  return isAbsent(count) ? DEFAULT_COUNT : toInteger(key, count, { least: 0, most: MAX_COUNT });
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`.toWellFormed();
}
