// No input gives a 5xx, every error has the one shape, and what is stored comes back.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { campaign, type Service, startCampaignsApi } from './service.ts';

let service: Service;
let sessionId: string;
let profileId: string;

beforeAll(async () => {
  service = await startCampaignsApi();
  sessionId = await service.create();
  profileId = (await service.post('/api/profiles/', { name: 'A', description: 'B' })).json.id;
});
afterAll(() => service.close());

const runs = { numRuns: 150 };
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('\u0000', '\ud800', "'; --", '%00', ' ', '\u2028'),
);
const anything = fc.oneof(fc.jsonValue(), text, fc.double(), fc.maxSafeInteger(), fc.constant(null));
const url = fc.oneof(fc.webUrl(), fc.constantFrom('http://', 'https://[', 'http://localhost'), anything);
const number = fc.oneof(fc.integer({ min: -5, max: 7000 }), fc.double(), anything);
const field: Record<string, fc.Arbitrary<unknown>> = {
  name: fc.oneof(text, anything),
  target_url: url,
  requests_per_minute: number,
  duration_minutes: number,
  geo_locations: fc.oneof(fc.array(text), anything),
  rtb_config: fc.oneof(
    fc.dictionary(fc.constantFrom('device_models', 'banner_w', 'at', 'cur', 'ua', 'bidfloor'), anything),
    anything,
  ),
  config: fc.oneof(
    fc.dictionary(fc.constantFrom('delivery', 'seed', 'simulated_latency_ms', 'randomize_timing'), anything),
    anything,
  ),
  user_profile_ids: fc.oneof(fc.array(fc.oneof(fc.uuid(), text)), anything),
  profile_user_counts: fc.oneof(fc.dictionary(text, number), anything),
  campaign_referrers: fc.oneof(fc.dictionary(text, fc.array(text)), anything),
  log_level: anything,
  description: fc.oneof(text, anything),
  demographics: fc.oneof(fc.dictionary(fc.constantFrom('interests', 'gender'), anything), anything),
  rtb_specifics: anything,
  referrers: anything,
  message: fc.oneof(text, anything),
  level: anything,
  campaign_id: fc.oneof(fc.constantFrom('session_1', 'session_2'), anything),
  test_type: fc.oneof(fc.constantFrom('generate_traffic_data', 'simulate_request'), anything),
  num_simulations: fc.oneof(fc.constantFrom(0, 1), text),
  status: fc.oneof(fc.constantFrom('draft', 'running', 'paused', 'completed', 'stopped', 'error'), anything),
};
const body: fc.Arbitrary<unknown> = fc.oneof(
  anything,
  fc.record(field, { requiredKeys: [] }),
  fc.record(field),
);

function expectAnswer({ status, json }: { status: number; json: Record<string, unknown> }): void {
  expect(status).toBeLessThan(500);
  if (status < 400) return;
  expect(json).toMatchObject({ success: false, error: expect.any(String) });
  expect(json.message).toBe(json.error);
}

describe('S24 no input gives a 5xx', () => {
  test.each([
    ['POST', '/api/sessions/'],
    ['PUT', '/api/sessions/SESSION'],
    ['POST', '/api/profiles/'],
    ['PUT', '/api/profiles/PROFILE'],
    ['POST', '/api/traffic/campaigns/SESSION/log'],
    ['POST', '/api/traffic/generate'],
    ['PUT', '/api/traffic/campaigns/SESSION/status'],
    ['POST', '/api/traffic/stop/SESSION'],
    ['POST', '/api/traffic/cleanup/SESSION'],
    ['POST', '/api/traffic/resume/SESSION'],
    ['POST', '/api/traffic/test'],
  ] as const)('as the body of %s %s', async (method, path) => {
    const url = path.replace('SESSION', sessionId).replace('PROFILE', profileId);
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        const headers = { 'content-type': 'application/json' };
        const payload = JSON.stringify(value) ?? '';
        expectAnswer(await service.ask({ method, url, headers, payload }));
      }),
      runs,
    );
  });

  test('as bytes of any type', async () => {
    const types = fc.constantFrom('application/json', 'text/plain', 'a/b;c', '', 'nonsense');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), types, async (bytes, type) => {
        const headers = { 'content-type': type };
        const payload = Buffer.from(bytes);
        const answer = await service.ask({ method: 'POST', url: '/api/sessions/', headers, payload });
        expect(answer.status).toBe(400);
        expectAnswer(answer);
      }),
      runs,
    );
  });

  test('as a path or a query', async () => {
    const encoded = text.map((part) => encodeURIComponent(part.toWellFormed()));
    const path = fc.oneof(
      fc.webPath().map((part) => part || '/'),
      encoded.map((part) => `/api/sessions/${part}`),
      encoded.map((part) => `/api/profiles/${part}`),
      encoded.map((part) => `/api/traffic/campaigns/${part}/logs`),
      encoded.map((part) => `/api/traffic/campaigns/${part}/adids`),
      encoded.map((part) => `/api/sessions/?limit=${part}&offset=${part}`),
      fc
        .tuple(fc.constantFrom('monitor', 'status', 'stats', 'generated', 'download'), encoded)
        .map(([what, part]) => `/api/traffic/${what}/${part}`),
      encoded.map((part) => `/api/traffic/campaigns/${part}/info`),
      encoded.map((part) => `/api/traffic/generated?limit=${part}&offset=${part}`),
      fc.stringMatching(/^[!-~]{0,30}$/).map((part) => `/api/sessions/${part}`),
      fc.webQueryParameters().map((query) => `/api/traffic/events-log?${query}`),
    );
    await fc.assert(
      fc.asyncProperty(path, async (target) => {
        const answer = await service.get(target);
        expect(answer.status).toBeLessThan(500);
      }),
      runs,
    );
  });

  test('as a Host, an Origin or a Sec-Fetch-Site', async () => {
    const value = fc.stringMatching(/^[ -~]{0,40}$/);
    await fc.assert(
      fc.asyncProperty(value, value, value, async (host, origin, site) => {
        const headers = { host, origin, 'sec-fetch-site': site };
        const answer = await service.ask({
          method: 'POST',
          url: '/api/sessions/',
          headers,
          payload: campaign(),
        });
        expect([403, 421]).toContain(answer.status);
      }),
      runs,
    );
  });
});

test('what is stored comes back, code point for code point', async () => {
  const word = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 60 })
    .filter((value) => value.isWellFormed() && !value.includes('\u0000') && value.trim() !== '');
  const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)));
  const isSafe = (value: unknown) => {
    const written = JSON.stringify(value);
    return !/\\u0000|\\ud[89a-f]|__proto__|constructor/i.test(written);
  };
  await fc.assert(
    fc.asyncProperty(
      word,
      fc.array(word, { maxLength: 5 }),
      json.filter(isSafe),
      async (name, words, value) => {
        const settings = { name, geo_locations: words, user_agents: words, config: { custom: value } };
        const answer = await service.post('/api/sessions/', campaign(settings));
        expect(answer.status).toBe(200);
        expect(await service.show(answer.json.id)).toMatchObject({ ...settings, config: { custom: value } });
        await service.remove(`/api/sessions/${answer.json.id}`);
      },
    ),
    { numRuns: 60 },
  );
});
