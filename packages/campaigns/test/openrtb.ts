// The written rules of OpenRTB 2.6 (sections 3.2.1 to 3.2.20) and of Native 1.2, as far as app traffic meets them. Written from the
// specification, not from our generator: what it does not name is a violation.

type Json = Record<string, unknown>;
type Rule = (value: unknown) => boolean;

const isText: Rule = (value) => typeof value === 'string' && value !== '';
const isFlag: Rule = (value) => value === 0 || value === 1;
const isCount: Rule = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isPositive: Rule = (value) => isCount(value) && value !== 0;
const isPrice: Rule = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isCurrency: Rule = (value) => typeof value === 'string' && /^[A-Z]{3}$/.test(value);
const isCountry: Rule = isCurrency;
const isCategory: Rule = (value) =>
  typeof value === 'string' && /^IAB(?:[1-9]|1\d|2[0-6])(?:-\d{1,2})?$/.test(value);
const isIpv4: Rule = (value) =>
  typeof value === 'string' &&
  /^\d{1,3}(?:\.\d{1,3}){3}$/.test(value) &&
  value.split('.').every((part) => Number(part) <= 255);
const isIpv6: Rule = (value) => typeof value === 'string' && value.includes(':');
const oneOf =
  (...values: unknown[]): Rule =>
  (value) =>
    values.includes(value);
const listOf =
  (rule: Rule): Rule =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every(rule);

interface Shape {
  readonly required: Readonly<Record<string, Rule>>;
  readonly optional: Readonly<Record<string, Rule>>;
}

const isObject: Rule = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

const SHAPES = {
  request: {
    required: { id: isText, imp: listOf(isObject), test: oneOf(1) },
    optional: {
      site: isObject,
      app: isObject,
      dooh: isObject,
      device: isObject,
      user: isObject,
      // Exchanges may have types of their own from 500 on.
      at: (value) => value === 1 || value === 2 || (isCount(value) && (value as number) >= 500),
      tmax: isPositive,
      cur: listOf(isCurrency),
    },
  },
  imp: {
    required: { id: isText },
    optional: {
      banner: isObject,
      video: isObject,
      audio: isObject,
      native: isObject,
      instl: isFlag,
      rwdd: isFlag,
      bidfloor: isPrice,
      bidfloorcur: isCurrency,
    },
  },
  banner: { required: { w: isPositive, h: isPositive }, optional: {} },
  video: {
    required: { mimes: listOf(isText) },
    optional: {
      minduration: isCount,
      maxduration: isPositive,
      protocols: listOf((value) => isPositive(value) && (value as number) <= 16),
      w: isPositive,
      h: isPositive,
      plcmt: oneOf(1, 2, 3, 4),
    },
  },
  native: { required: { request: isText }, optional: { ver: isText } },
  app: {
    required: {},
    optional: {
      id: isText,
      name: isText,
      bundle: isText,
      domain: isText,
      cat: listOf(isCategory),
      keywords: isText,
    },
  },
  device: {
    required: {},
    optional: {
      ua: isText,
      ip: isIpv4,
      ipv6: isIpv6,
      geo: isObject,
      devicetype: oneOf(1, 2, 3, 4, 5, 6, 7, 8),
      make: isText,
      model: isText,
      os: isText,
      ifa: isText,
      lmt: isFlag,
    },
  },
  geo: { required: {}, optional: { country: isCountry } },
  user: { required: {}, optional: { id: isText } },
} satisfies Record<string, Shape>;

/** What the contracts put beside the fields of the specification. */
const FLAT_KEYS = ['device_brand', 'device_model', 'ad_format', 'app_category', 'adid'];
const FORMATS = ['banner', 'video', 'audio', 'native'];
const CHANNELS = ['site', 'app', 'dooh'];

/** Every rule that a bid request breaks, as a sentence each. */
export function findViolations(value: unknown): string[] {
  if (!isObject(value)) return ['the request is no object'];
  const { ...request } = value as Json;
  for (const key of FLAT_KEYS) delete request[key];
  const channels = CHANNELS.filter((name) => name in request);
  return [
    ...check('request', SHAPES.request, request),
    ...(channels.length === 1 ? [] : [`it has ${channels.length} of site, app and dooh`]),
    ...checkImpressions(request.imp),
    ...checkPart('app', SHAPES.app, request.app),
    ...checkPart('user', SHAPES.user, request.user),
    ...checkDevice(request.device),
  ];
}

function checkImpressions(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const ids = new Set(value.map((imp) => (isObject(imp) ? (imp as Json).id : undefined)));
  return [
    ...(ids.size === value.length ? [] : ['two of its impressions have the same id']),
    ...value.filter(isObject).flatMap((imp) => checkImpression(imp as Json)),
  ];
}

function checkImpression(imp: Json): string[] {
  const formats = FORMATS.filter((name) => name in imp);
  return [
    ...check('imp', SHAPES.imp, imp),
    ...(formats.length === 1 ? [] : [`an impression has ${formats.length} formats`]),
    ...checkPart('banner', SHAPES.banner, imp.banner),
    ...checkPart('video', SHAPES.video, imp.video),
    ...checkDurations(imp.video),
    ...checkPart('native', SHAPES.native, imp.native),
    ...checkNativeRequest(imp.native),
  ];
}

function checkDurations(video: unknown): string[] {
  if (!isObject(video)) return [];
  const { minduration = 0, maxduration = Infinity } = video as Json;
  return (minduration as number) <= (maxduration as number) ? [] : ['a video ends before it may end'];
}

function checkNativeRequest(native: unknown): string[] {
  if (!isObject(native)) return [];
  try {
    const { assets } = JSON.parse((native as Json).request as string) as { assets: Json[] };
    const kinds = assets.map((asset) => ['title', 'img', 'video', 'data'].filter((kind) => kind in asset));
    const ids = new Set(assets.map(({ id }) => id));
    const isRight =
      assets.length > 0 && ids.size === assets.length && kinds.every(({ length }) => length === 1);
    return isRight ? [] : ['its native assets break a rule'];
  } catch {
    return ['its native request is no JSON with assets'];
  }
}

function checkDevice(device: unknown): string[] {
  if (!isObject(device)) return [];
  return [
    ...checkPart('device', SHAPES.device, device),
    ...checkPart('geo', SHAPES.geo, (device as Json).geo),
    // A server knows where a request came from, and a device that may be followed has a name.
    ...('ip' in (device as Json) || 'ipv6' in (device as Json) ? [] : ['its device has no address']),
    ...('ifa' in (device as Json) && (device as Json).lmt === 1
      ? ['it follows who must not be followed']
      : []),
  ];
}

function checkPart(name: string, shape: Shape, part: unknown): string[] {
  return part === undefined || !isObject(part) ? [] : check(name, shape, part as Json);
}

function check(name: string, { required, optional }: Shape, value: Json): string[] {
  const rules: Readonly<Record<string, Rule>> = { ...required, ...optional };
  const missing = Object.keys(required).filter((key) => !(key in value));
  const wrong = Object.keys(value).filter((key) => !Object.hasOwn(rules, key) || !rules[key]?.(value[key]));
  return [
    ...missing.map((key) => `${name}.${key} is missing`),
    ...wrong.map((key) => `${name}.${key} is ${JSON.stringify(value[key])}`),
  ];
}
