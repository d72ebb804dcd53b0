// The OpenRTB 2.6 parts of an entry that depend on the plan only: rendered once, chosen from for each entry.
import { isIP } from 'node:net';
import type { JsonObject, JsonValue, RunPlan } from '../plan.ts';
import { findCountryCode } from './countries.ts';
import type { Device } from './devices.ts';
import { quote, repair } from './repair.ts';

export const DEFAULT_FORMATS = ['banner', 'interstitial', 'native'];
export const DEFAULT_CATEGORIES = ['IAB9', 'IAB1', 'IAB2'];

const CURRENCY = /^[A-Z]{3}$/;
/** IAB Content Category Taxonomy 1.0, which OpenRTB means unless a request says otherwise. */
const CATEGORY = /^IAB([1-9]|1\d|2[0-6])(-\d{1,2})?$/;
/** From here on auction types are an exchange's own. */
const OWN_AUCTIONS = 500;

/** One format per impression (OpenRTB 2.6, 3.2.4); what is no known format is shown as a banner. */
export function renderImpressions(format: string, config: JsonObject): string {
  const floor = readNumber(config.bidfloor, 0.03, (value) => value >= 0 && Number.isFinite(value));
  const floorCurrency = readText(config.bidfloorcur, 'USD', CURRENCY);
  const impression = { id: '1', ...toFormat(format, config), bidfloor: floor, bidfloorcur: floorCurrency };
  return JSON.stringify([impression]);
}

function toFormat(format: string, config: JsonObject): JsonObject {
  const isSize = (value: number) => Number.isSafeInteger(value) && value > 0;
  const size = (w: number, h: number) => ({
    w: readNumber(config.banner_w, w, isSize),
    h: readNumber(config.banner_h, h, isSize),
  });
  const video = {
    mimes: ['video/mp4'],
    minduration: 5,
    maxduration: 30,
    protocols: [2, 3, 5, 6],
    w: 640,
    h: 360,
  };
  switch (format.toLowerCase()) {
    case 'interstitial':
      return { banner: size(320, 480), instl: 1 };
    case 'video':
      // Standalone: it comes with no content of its own.
      return { video: { ...video, plcmt: 4 } };
    case 'rewarded':
      return { video: { ...video, plcmt: 3 }, instl: 1, rwdd: 1 };
    case 'native':
      return { native: { request: NATIVE_REQUEST, ver: '1.2' } };
    default:
      return { banner: size(300, 250) };
  }
}

/** OpenRTB Native 1.2: a title and a main image. */
const NATIVE_REQUEST = JSON.stringify({
  ver: '1.2',
  assets: [
    { id: 1, required: 1, title: { len: 90 } },
    { id: 2, required: 1, img: { type: 3, w: 1200, h: 627 } },
  ],
});

/** Always an app, never a site: this is app traffic (H12). What the reference calls site_… names it. */
export function renderApp(category: string, config: JsonObject): string {
  return JSON.stringify({
    id: readText(config.site_id, 'app123'),
    name: readText(config.site_name, 'Example App'),
    bundle: 'com.example.app',
    domain: readText(config.site_domain, 'example.com'),
    // What people write for themselves is no category of the taxonomy.
    ...(CATEGORY.test(category) ? { cat: [category] } : { keywords: repair(category) }),
  });
}

/** What comes before the address and the id for advertising; `devicetype` 4 is a phone. */
export function renderDeviceHead(device: Device, userAgent: string): string {
  const { make, model, os } = device;
  return `{"ua":${quote(userAgent)},"make":${quote(make)},"model":${quote(model)},"os":${quote(os)},"devicetype":4,`;
}

/** The address that the campaign asks for, or null where it asks for none: each entry then draws one. */
export function renderAddress({ ip }: JsonObject): string | null {
  if (typeof ip !== 'string' || isIP(ip) === 0) return null;
  return `"${isIP(ip) === 6 ? 'ipv6' : 'ip'}":${quote(ip)}`;
}

export function renderGeo(country: string): string {
  const code = findCountryCode(country);
  return code === null ? '' : `,"geo":{"country":"${code}"}`;
}

export interface Auction {
  readonly at: number;
  readonly tmax: number;
  readonly currencies: readonly string[];
}

/** First or second price, the time to answer in milliseconds, and the currencies of bids. */
export function readAuction({ rtbConfig: config }: RunPlan): Auction {
  const { cur } = config;
  const currencies = (Array.isArray(cur) ? cur : [cur]).filter(
    (each): each is string => typeof each === 'string' && CURRENCY.test(each),
  );
  return {
    at: readNumber(config.at, 2, isAuction),
    tmax: readNumber(config.tmax, 120, (value) => Number.isSafeInteger(value) && value > 0),
    currencies: currencies.length > 0 ? currencies : ['USD'],
  };
}

function isAuction(value: number): boolean {
  return value === 1 || value === 2 || (Number.isSafeInteger(value) && value >= OWN_AUCTIONS);
}

export function readText(value: JsonValue | undefined, otherwise: string, pattern?: RegExp): string {
  if (typeof value !== 'string' || value === '') return otherwise;
  return pattern === undefined || pattern.test(value) ? repair(value) : otherwise;
}

function readNumber(
  value: JsonValue | undefined,
  otherwise: number,
  isRight: (value: number) => boolean,
): number {
  return typeof value === 'number' && isRight(value) ? value : otherwise;
}

export function readTexts(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string' && each !== '') : [];
}
