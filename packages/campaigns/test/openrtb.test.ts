// Every bid request keeps the written rules of OpenRTB 2.6, whatever the campaign asks for.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, RunPlan } from '../src/index.ts';
import { createEntryGenerator } from '../src/index.ts';
import { toPlan } from './campaigns.ts';
import { type Entry, makeEntries, PROFILE, renderEntries } from './entries.ts';
import { findViolations } from './openrtb.ts';

const KNOWN_FORMATS = ['banner', 'interstitial', 'video', 'native', 'rewarded'];
const TWO_PROFILES: RunPlan['profiles'] = [
  {
    ...PROFILE,
    users: 50,
    interests: ['sports', 'music'],
    countries: ['Germany', 'Atlantis'],
    deviceBrand: 'any',
    adFormats: KNOWN_FORMATS,
    appCategories: ['IAB9', 'IAB1-2', 'Games'],
    adidPersistence: 'per_impression',
  },
  {
    ...PROFILE,
    id: 'p2',
    users: 30,
    deviceBrand: 'apple',
    operatingSystem: 'iOS',
    adidPersistence: 'per_session',
    referrers: { '': ['https://news.example/'] },
  },
];

const PLANS: Readonly<Record<string, Partial<RunPlan>>> = {
  'nothing but defaults': {},
  'two profiles and all formats': { profiles: TWO_PROFILES, geoLocations: ['United States', 'Canada'] },
  'no ids for advertising': { rtbConfig: { generate_adid: false, ad_formats: KNOWN_FORMATS } },
  'everything overridden': {
    rtbConfig: {
      banner_w: 728,
      banner_h: 90,
      bidfloor: 1.5,
      bidfloorcur: 'EUR',
      site_id: 'shop',
      site_name: 'Shop',
      site_domain: 'shop.example',
      ua: 'Agent/1.0',
      ip: '2001:db8::1',
      user_id: 'somebody',
      at: 1,
      tmax: 300,
      cur: ['EUR', 'USD'],
    },
  },
};

it('of 100,000 bid requests none breaks a rule of OpenRTB 2.6', { timeout: 300_000 }, () => {
  const violations: string[] = [];
  const formats = new Set<string>();
  let requests = 0;
  for (const [name, plan] of Object.entries(PLANS)) {
    for (const entry of renderEntries(createEntryGenerator(toPlan('session_1', plan)), 25_000)) {
      requests++;
      for (const violation of findViolations(entry.rtb_data)) violations.push(`${name}: ${violation}`);
      for (const key of Object.keys(entry.rtb_data.imp[0])) formats.add(key);
    }
  }
  expect(violations).toEqual([]);
  expect(requests).toBe(100_000);
  expect([...formats].sort()).toEqual(
    ['banner', 'bidfloor', 'bidfloorcur', 'id', 'instl', 'native', 'rwdd', 'video'].sort(),
  );
});

it('no setting makes an invalid one', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\u0000', '\ud800', 'EUR', '😀'));
  const anything = fc.oneof(
    text,
    fc.double(),
    fc.integer(),
    fc.constant(null),
    fc.array(text, { maxLength: 3 }),
  );
  const keys = Object.keys({ ...PLANS['everything overridden']?.rtbConfig, generate_adid: true });
  const config = fc.dictionary(
    fc.constantFrom(...keys, 'device_brand', 'device_models', 'ad_formats', 'app_categories'),
    anything,
  );
  const texts = fc.array(text, { maxLength: 3 });
  const profile = fc
    .record({
      countries: texts,
      interests: texts,
      deviceModels: texts,
      adFormats: texts,
      appCategories: texts,
      deviceBrand: fc.option(text),
      operatingSystem: fc.option(text),
    })
    .map((settings) => ({ ...PROFILE, ...settings }));
  fc.assert(
    fc.property(config, fc.array(profile, { maxLength: 2 }), texts, (rtbConfig, profiles, userAgents) => {
      const plan = { rtbConfig: rtbConfig as JsonObject, profiles, userAgents };
      for (const entry of makeEntries(plan, 3)) expect(findViolations(entry.rtb_data)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

describe('F65 a bid can be matched with its request', () => {
  it('since ids of requests are unique in a campaign, through all its runs', () => {
    const ids = new Set<string>();
    for (const [run, seed] of [7, 8, 9].entries()) {
      for (const { rtb_data } of makeEntries({ seed }, 10_000, run * 10_000 + 1)) ids.add(rtb_data.id);
    }
    expect(ids.size).toBe(30_000);
    for (const id of ids) expect(id).toMatch(/^\d{10}$/);
  });

  it('since ids of impressions are unique and not empty in a request', () => {
    for (const { rtb_data } of makeEntries(PLANS['two profiles and all formats'] ?? {}, 1000)) {
      const ids = rtb_data.imp.map(({ id }: { id: string }) => id);
      expect(ids.length).toBeGreaterThan(0);
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of ids) expect(id).toMatch(/./);
    }
  });
});

describe('the check itself', () => {
  const request = (): Entry => makeEntries({}, 1)[0].rtb_data;

  it.each<[string, (request: Entry) => void]>([
    ['request.id is missing', (r) => delete r.id],
    ['request.id is ""', (r) => (r.id = '')],
    ['request.imp is []', (r) => (r.imp = [])],
    ['two of its impressions have the same id', (r) => r.imp.push(r.imp[0])],
    ['imp.id is ""', (r) => (r.imp[0].id = '')],
    ['an impression has 0 formats', (r) => (r.imp = [{ id: '1' }])],
    [
      'an impression has 2 formats',
      (r) =>
        (r.imp = [
          { id: '1', banner: { w: 1, h: 1 }, native: { request: '{"assets":[{"id":1,"title":{}}]}' } },
        ]),
    ],
    ['banner.w is 0', (r) => (r.imp = [{ id: '1', banner: { w: 0, h: 1 } }])],
    ['banner.h is missing', (r) => (r.imp = [{ id: '1', banner: { w: 1 } }])],
    ['video.mimes is missing', (r) => (r.imp = [{ id: '1', video: { w: 1, h: 1 } }])],
    [
      'a video ends before it may end',
      (r) => (r.imp = [{ id: '1', video: { mimes: ['a'], minduration: 9, maxduration: 5 } }]),
    ],
    ['its native request is no JSON with assets', (r) => (r.imp = [{ id: '1', native: { request: 'x' } }])],
    ['its native assets break a rule', (r) => (r.imp = [{ id: '1', native: { request: '{"assets":[]}' } }])],
    ['it has 2 of site, app and dooh', (r) => (r.site = { id: 'x' })],
    ['it has 0 of site, app and dooh', (r) => delete r.app],
    ['app.cat is ["Games"]', (r) => (r.app.cat = ['Games'])],
    ['device.ip is "999.1.1.1"', (r) => (r.device.ip = '999.1.1.1')],
    ['geo.country is "US"', (r) => (r.device.geo.country = 'US')],
    ['it follows who must not be followed', (r) => (r.device.lmt = 1)],
    ['request.at is 3', (r) => (r.at = 3)],
    ['request.tmax is -1', (r) => (r.tmax = -1)],
    ['request.cur is ["usd"]', (r) => (r.cur = ['usd'])],
    ['request.test is 0', (r) => (r.test = 0)],
    ['request.sites is {}', (r) => (r.sites = {})],
  ])('finds that %s', (violation, breakIt) => {
    const broken = request();
    expect(findViolations(broken)).toEqual([]);
    breakIt(broken);
    expect(findViolations(broken)).toContain(violation);
  });
});
