// Entries as contracts 2.4 ask for them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEntryGenerator, type RunPlan, Sheet } from '../src/index.ts';
import { toPlan } from './campaigns.ts';
import { BEGIN, type Entry, makeEntries, PROFILE, toPlace } from './entries.ts';

const share = (entries: readonly Entry[], isOne: (entry: Entry) => boolean) =>
  entries.filter(isOne).length / entries.length;
const distinct = (values: readonly unknown[]) => new Set(values);

const SETTINGS: Partial<RunPlan> = {
  campaignNumber: 42,
  targetUrl: 'https://shop.example/?a="b"',
  requestsPerMinute: 0.5,
  durationMinutes: null,
  geoLocations: ['United States', 'Canada'],
  rtbConfig: { device_brand: 'apple', own: { deep: [1, '😀', null] } },
  config: { randomize_timing: false, text: 'é\\"' },
  userProfileIds: ['p1', 'p2'],
  profileUserCounts: { p1: 3, p2: 4 },
  profiles: [{ ...PROFILE, users: 3, interests: ['sports'], countries: ['Germany'] }],
  referrers: ['https://news.example/'],
};

describe('an entry', () => {
  const [entry] = makeEntries(SETTINGS, 1);

  it('repeats the settings of its campaign', () => {
    expect(entry).toMatchObject({
      campaign_id: 'session_1',
      target_url: SETTINGS.targetUrl,
      requests_per_minute: 0.5,
      duration_minutes: null,
      geo_locations: ['United States', 'Canada'],
      rtb_config: SETTINGS.rtbConfig,
      config: SETTINGS.config,
      user_profile_ids: ['p1', 'p2'],
      profile_user_counts: { p1: 3, p2: 4 },
      total_profile_users: 7,
    });
  });

  it('says which it is, when it began and when it was over', () => {
    expect(entry).toMatchObject({
      id: `${BEGIN + 10}-42-1`,
      sequence: 1,
      slot: 0,
      timestamp: '2026-11-28T12:00:00.010Z',
      started_at: '2026-11-28T11:59:59.910Z',
      simulated: true,
    });
  });

  it('names what was drawn for it, and once more where bid requests are flat', () => {
    expect(entry).toMatchObject({
      selected_profile_id: 'p1',
      user_profile_id: 'p1',
      selected_interest: 'sports',
      selected_country: 'Germany',
      referrer: 'https://news.example/',
      device_brand: 'apple',
      device_model: 'iPhone 15',
      user_agent: expect.stringContaining('iPhone'),
      adid: expect.stringMatching(/^\d{8}-\d{4}-\d{4}-\d{4}$/),
    });
    expect(['United States', 'Canada']).toContain(entry.geo_location);
    expect(['banner', 'interstitial', 'native']).toContain(entry.ad_format);
    expect(['IAB9', 'IAB1', 'IAB2']).toContain(entry.app_category);
    const { device_brand, device_model, ad_format, app_category, adid } = entry;
    expect(entry.rtb_data).toMatchObject({ device_brand, device_model, ad_format, app_category, adid });
  });

  it('carries the bid request, and copies of its parts', () => {
    const { rtb_data: request } = entry;
    expect(request).toMatchObject({
      app: { id: 'app123', name: 'Example App', domain: 'example.com', cat: [entry.app_category] },
      device: {
        ua: entry.user_agent,
        make: 'Apple',
        model: 'iPhone 15',
        os: 'iOS',
        ifa: entry.adid,
        geo: { country: 'DEU' },
        ip: expect.stringMatching(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/),
      },
      user: { id: entry.adid },
      at: 2,
      tmax: 120,
      cur: ['USD'],
      test: 1,
    });
    expect(request.imp).toMatchObject([{ id: '1', bidfloor: 0.03, bidfloorcur: 'USD' }]);
    expect(entry).toMatchObject({
      rtb_id: request.id,
      rtb_imp: request.imp,
      rtb_app: request.app,
      rtb_device: request.device,
      rtb_user: request.user,
      rtb_auction_type: request.at,
      rtb_timeout: request.tmax,
      rtb_currency: request.cur,
    });
  });

  it('takes from rtb_config what stands there', () => {
    const rtbConfig = {
      banner_w: 728,
      banner_h: 90,
      bidfloor: 1.5,
      bidfloorcur: 'EUR',
      site_id: 'shop',
      site_name: 'Shop',
      site_domain: 'shop.example',
      ua: 'Agent/1.0',
      ip: '192.0.2.7',
      user_id: 'somebody',
      at: 1,
      tmax: 300,
      cur: ['EUR', 'USD'],
      ad_formats: ['banner'],
    };
    const [{ rtb_data, user_agent, currency }] = makeEntries({ rtbConfig, successRate: 1 }, 1);
    expect(rtb_data).toMatchObject({
      imp: [{ banner: { w: 728, h: 90 }, bidfloor: 1.5, bidfloorcur: 'EUR' }],
      app: { id: 'shop', name: 'Shop', domain: 'shop.example' },
      device: { ua: 'Agent/1.0', ip: '192.0.2.7' },
      user: { id: 'somebody' },
      at: 1,
      tmax: 300,
      cur: ['EUR', 'USD'],
    });
    expect([user_agent, currency]).toEqual(['Agent/1.0', 'EUR']);
  });

  it('has no id for advertising where none is wanted', () => {
    const [{ adid, rtb_data }] = makeEntries({ rtbConfig: { generate_adid: false } }, 1);
    expect([adid, rtb_data.adid, rtb_data.user]).toEqual([null, null, { id: 'user123' }]);
    expect(rtb_data.device).toMatchObject({ lmt: 1 });
    expect(rtb_data.device).not.toHaveProperty('ifa');
  });

  it.each([
    ['banner', { banner: { w: 300, h: 250 } }],
    ['interstitial', { banner: { w: 320, h: 480 }, instl: 1 }],
    ['video', { video: { mimes: ['video/mp4'] } }],
    ['rewarded', { video: { mimes: ['video/mp4'] }, rwdd: 1 }],
    ['native', { native: { ver: '1.2' } }],
    ['hologram', { banner: { w: 300, h: 250 } }],
  ])('asks for a %s', (format, impression) => {
    const [{ ad_format, rtb_data }] = makeEntries({ rtbConfig: { ad_formats: [format] } }, 1);
    expect(ad_format).toBe(format);
    expect(rtb_data.imp).toMatchObject([impression]);
  });
});

describe('what came of a simulated request', () => {
  const entries = makeEntries({}, 10_000);

  it('is success as often as the plan says, 85 % unless it says otherwise', () => {
    expect(share(entries, ({ success }) => success)).toBeCloseTo(0.85, 1);
    for (const successRate of [0, 1])
      expect(share(makeEntries({ successRate }, 500), ({ success }) => success)).toBe(successRate);
  });

  it('has a status, a size and a time within their bounds', () => {
    for (const { success, status_code, response_size, response_time, error } of entries) {
      expect(success ? [200] : [400, 403, 404, 500]).toContain(status_code);
      expect(response_size >= 500 && response_size <= 2000).toBe(true);
      expect(response_time >= 50 && response_time <= 500).toBe(true);
      expect(Math.round(response_time * 100) / 100).toBe(response_time);
      expect(error === undefined).toBe(success);
    }
    expect(distinct(entries.map(({ status_code }) => status_code))).toEqual(
      distinct([200, 400, 403, 404, 500]),
    );
  });

  it('is a bid, with a price where it succeeded', () => {
    for (const { success, bid_id, win_price, currency } of entries) {
      expect(bid_id).toMatch(/^bid-\d{7}$/);
      expect(currency).toBe(success ? 'USD' : null);
      if (success) expect(win_price >= 0.1 && win_price <= 5).toBe(true);
      else expect(win_price).toBeNull();
    }
  });

  it('takes as long as it must where the latency is fixed', () => {
    const generator = createEntryGenerator(toPlan('session_1', { latencyMs: [50, 50] }));
    expect(generator.simulate(3).responseTimeUs).toBe(50_000);
  });

  it('adds up to the very same when it is counted again', () => {
    const generator = createEntryGenerator(toPlan('session_1'));
    for (let slot = 0; slot < 2000; slot++) {
      const outcome = generator.simulate(slot);
      const { response_time } = JSON.parse(generator.render(toPlace(slot + 1), outcome));
      expect(Math.round(response_time * 1000)).toBe(outcome.responseTimeUs);
    }
  });
});

it('shows of a real request what was measured, and no bid', () => {
  const generator = createEntryGenerator(toPlan('session_1', { delivery: 'live' }));
  const outcome = {
    success: false,
    statusCode: 0,
    responseTimeUs: 1_234_567,
    responseSize: 0,
    error: 'refused "by" \ud800',
  };
  expect(JSON.parse(generator.render(toPlace(1), outcome))).toMatchObject({
    simulated: false,
    success: false,
    status_code: 0,
    response_time: 1234.567,
    response_size: 0,
    error: 'refused "by" \uFFFD',
    bid_id: null,
    win_price: null,
    currency: null,
  });
});

describe('what is drawn', () => {
  const profiles = [
    { ...PROFILE, id: 'many', users: 300, interests: ['a', 'b'] },
    { ...PROFILE, id: 'none', users: 0 },
    { ...PROFILE, id: 'few', users: 100, deviceModels: ['Pixel 8', 'SM-1'], adFormats: ['video'] },
  ];

  it('depends on the seed and the slot only, whoever draws it', () => {
    const plan = { profiles, seed: 99, randomizeTiming: true };
    const entries = makeEntries(plan, 500);
    const generator = createEntryGenerator(toPlan('session_1', plan));
    for (let sequence = 500; sequence >= 1; sequence -= 7) {
      const outcome = generator.simulate(sequence - 1);
      generator.jitter(sequence + 5);
      expect(JSON.parse(generator.render(toPlace(sequence), outcome))).toEqual(entries[sequence - 1]);
    }
    expect(makeEntries({ ...plan, seed: 100 }, 500)).not.toEqual(entries);
  });

  it('is the same in a slot that got another number, ids aside', () => {
    const generator = createEntryGenerator(toPlan('session_1', { profiles }));
    const at = (sequence: number) => {
      const place = { ...toPlace(sequence), slot: 7 };
      const {
        id,
        sequence: number,
        rtb_id,
        ...entry
      } = JSON.parse(generator.render(place, generator.simulate(7)));
      const { id: requestId, ...request } = entry.rtb_data;
      return { ...entry, rtb_data: request, timestamp: '', started_at: '' };
    };
    expect(at(9)).toEqual(at(1));
  });

  it('is a profile as often as it has users', () => {
    const entries = makeEntries({ profiles }, 4000);
    expect(share(entries, (entry) => entry.selected_profile_id === 'many')).toBeCloseTo(0.75, 1);
    expect(share(entries, (entry) => entry.selected_profile_id === 'none')).toBe(0);
    const models = (id: string) =>
      distinct(entries.filter((entry) => entry.user_profile_id === id).map((entry) => entry.device_model));
    expect(models('few')).toEqual(distinct(['Pixel 8', 'SM-1']));
    expect(models('many')).toEqual(distinct(['Galaxy S24']));
  });

  it('is told once for the statistics: exactly the values that entries have', () => {
    const plan = {
      profiles: [...profiles, { ...PROFILE, id: 'else', users: 50, adFormats: ['native', ''] }],
      geoLocations: ['Canada', 'France', 'Canada'],
    };
    const generator = createEntryGenerator(toPlan('session_1', plan));
    const told: string[] = [];
    const had = new Set<string>();
    for (let sequence = 1; sequence <= 300; sequence++) {
      const entry = JSON.parse(generator.render(toPlace(sequence), generator.simulate(sequence - 1)));
      for (const kind of ['geo_location', 'device_model', 'ad_format']) had.add(`${kind} ${entry[kind]}`);
      told.push(...generator.takeNewValues().map(({ kind, value }) => `${kind} ${value}`));
      expect([...told].sort()).toEqual([...had].sort());
    }
  });

  it.each([
    ['per_user', 5],
    ['per_session', 1],
    ['per_impression', 1000],
  ] as const)('is an id for advertising %s', (adidPersistence, count) => {
    const entries = makeEntries({ profiles: [{ ...PROFILE, users: 5, adidPersistence }] }, 1000);
    expect(distinct(entries.map(({ adid }) => adid)).size).toBe(count);
  });

  it('is a referrer of the interest, else of the profile, else of the campaign, else none', () => {
    const referrers = { sports: ['https://s.example/'], '': ['https://any.example/'] };
    const of = (interests: string[], rest: object, common: string[] = []) =>
      makeEntries({ profiles: [{ ...PROFILE, interests, ...rest }], referrers: common }, 1)[0].referrer;
    expect(of(['sports'], { referrers })).toBe('https://s.example/');
    expect(of(['music'], { referrers })).toBe('https://any.example/');
    expect(of(['music'], {}, ['https://c.example/'])).toBe('https://c.example/');
    expect(of([], {})).toBeNull();
  });

  it('moves a slot by at most a fifth of the gap, and by nothing where the plan says so', () => {
    const generator = createEntryGenerator(toPlan('session_1'));
    const jitters = Array.from({ length: 1000 }, (_, slot) => generator.jitter(slot));
    expect(Math.max(...jitters.map(Math.abs))).toBeLessThanOrEqual(0.2);
    expect(Math.abs(jitters.reduce((sum, jitter) => sum + jitter, 0) / 1000)).toBeLessThan(0.02);
    const steady = createEntryGenerator(toPlan('session_1', { randomizeTiming: false }));
    expect([0, 1, 2].map((slot) => steady.jitter(slot))).toEqual([0, 0, 0]);
  });
});

it('a campaign with thousands of millions of combinations makes entries like any other', () => {
  const names = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const entries = makeEntries(
    {
      profiles: [{ ...PROFILE, interests: names(1000, 'interest'), countries: names(1000, 'country') }],
      rtbConfig: {
        device_models: names(100, 'model'),
        ad_formats: names(100, 'format'),
        app_categories: names(100, 'category'),
      },
      userAgents: names(1000, 'agent'),
      referrers: names(1000, 'https://r.example/'),
    },
    2000,
  );
  expect(
    distinct(entries.map((entry) => `${entry.device_model} ${entry.user_agent} ${entry.ad_format}`)).size,
  ).toBeGreaterThan(1900);
  for (const { device_model, ad_format, app_category, rtb_data } of entries)
    expect(rtb_data).toMatchObject({
      device_model,
      ad_format,
      app_category,
      app: { keywords: app_category },
    });
});

it('refuses a plan whose settings would make every entry exceed 16 KiB', () => {
  const plan = toPlan('session_1', { config: { text: 'x'.repeat(16 * 1024) } });
  expect(() => createEntryGenerator(plan)).toThrow(TypeError);
});

describe('a sheet', () => {
  it('writes numbers as they are read', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat()), fc.nat(2 ** 31), (numbers, micros) => {
        const sheet = new Sheet();
        for (const number of numbers) {
          sheet.putNumber(number);
          sheet.putText(' ');
        }
        sheet.putDecimal(micros, 3);
        sheet.putText(' ');
        sheet.putDigits(micros, 12);
        const words = sheet.toText().split(' ');
        const [decimal, digits] = words.splice(-2);
        expect(words).toEqual(numbers.map(String));
        expect(decimal).toBe((micros / 1000).toFixed(3));
        expect(digits).toBe(String(micros).padStart(12, '0'));
      }),
    );
  });

  it('grows with what is put on it, and forgets it when it is cleared', () => {
    const sheet = new Sheet();
    const text = '😀é'.repeat(50_000);
    sheet.putText('a');
    sheet.putText(text);
    sheet.putAgain(1, sheet.length);
    expect(sheet.toText()).toBe(`a${text}${text}`);
    expect(Buffer.from(sheet.bytes).toString()).toBe(`a${text}${text}`);
    sheet.clear();
    expect([sheet.length, sheet.toText()]).toEqual([0, '']);
  });
});
