import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toExpositionText } from '../../../src/report/prometheus/exposition-text.ts';
import { toMetricFamilies } from '../../../src/report/prometheus/metric-families.ts';
import { ScrapeEndpoint } from '../../../src/report/prometheus/scrape-endpoint.ts';
import { recorderOf } from '../files/report.ts';
import { runOf } from './run.ts';

const SAMPLES = [
  { step: 'GET /a', ms: 0.5 },
  { step: 'GET /a', ms: 30 },
  { step: 'GET /a', ms: 70, failure: 'HTTP 500' },
  { step: 'GET /a', ms: 5, tags: { scenario: 'buyers', group: 'cart' } },
  { step: 'GET /a', ms: 120_000, tags: { scenario: 'buyers', group: 'till' } },
];

async function openEndpoint(): Promise<ScrapeEndpoint> {
  const endpoint = await ScrapeEndpoint.open({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => void endpoint.finish());
  return endpoint;
}

describe('the Prometheus endpoint', () => {
  it('answers with counters by step, status and scenario, and with a histogram', async () => {
    const endpoint = await openEndpoint();
    expect(await (await fetch(endpoint.url)).text()).toBe('');
    const { run, look } = runOf(recorderOf(SAMPLES));
    endpoint.look(run, look);
    const response = await fetch(endpoint.url);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = (await response.text()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE loadspiker_requests_total counter',
        'loadspiker_requests_total{step="GET /a",status="200"} 2',
        'loadspiker_requests_total{step="GET /a",status="500"} 1',
        'loadspiker_requests_total{step="GET /a",scenario="buyers",status="200"} 2',
        'loadspiker_requests_failed_total{step="GET /a",status="200"} 0',
        'loadspiker_requests_failed_total{step="GET /a",status="500"} 1',
        '# TYPE loadspiker_response_time_seconds histogram',
        'loadspiker_response_time_seconds_bucket{step="GET /a",le="0.00025"} 0',
        'loadspiker_response_time_seconds_bucket{step="GET /a",le="0.0005"} 1',
        'loadspiker_response_time_seconds_bucket{step="GET /a",le="0.05"} 2',
        'loadspiker_response_time_seconds_bucket{step="GET /a",le="0.1"} 3',
        'loadspiker_response_time_seconds_bucket{step="GET /a",le="+Inf"} 3',
        'loadspiker_response_time_seconds_sum{step="GET /a"} 0.1005',
        'loadspiker_response_time_seconds_count{step="GET /a"} 3',
        'loadspiker_response_time_seconds_bucket{step="GET /a",scenario="buyers",le="60"} 1',
        'loadspiker_response_time_seconds_bucket{step="GET /a",scenario="buyers",le="+Inf"} 2',
        'loadspiker_bytes_received_total{step="GET /a"} 1500',
        'loadspiker_active_users 100',
      ]),
    );
  });

  it("has a scenario's own metrics by name, whatever they are called", async () => {
    const recorder = recorderOf([]);
    recorder.metrics.declare('unused', 'trend');
    recorder.metrics.add('orders', 'counter', 2, { plan: 'paid' });
    recorder.metrics.add('orders', 'counter', 3);
    recorder.metrics.add('in the cart', 'gauge', 7);
    recorder.metrics.add('checks', 'rate', 1, { check: 'has an id' });
    recorder.metrics.add('checks', 'rate', 0, { check: 'is cheap' });
    for (const size of [1, 2, 3]) recorder.metrics.add('size', 'trend', size);
    const lines = toExpositionText(toMetricFamilies(recorder, null)).split('\n');
    expect(lines.filter((line) => line.startsWith('loadspiker_custom'))).toEqual(
      expect.arrayContaining([
        'loadspiker_custom_sum_total{metric="orders"} 5',
        'loadspiker_custom_value{metric="in the cart"} 7',
        'loadspiker_custom_rate_hits_total{metric="checks"} 1',
        'loadspiker_custom_rate_values_total{metric="checks"} 2',
        'loadspiker_custom_trend_count{metric="size"} 3',
        'loadspiker_custom_trend_count{metric="unused"} 0',
        expect.stringMatching(/^loadspiker_custom_trend\{metric="size",quantile="0\.999"\} [23]/),
      ]),
    );
    expect(lines.join('')).not.toMatch(/NaN|null/);
  });

  it('has other paths and methods answered as HTTP does', async () => {
    const endpoint = await openEndpoint();
    expect((await fetch(endpoint.url.replace('/metrics', '/'))).status).toBe(404);
    expect((await fetch(endpoint.url, { method: 'POST' })).status).toBe(405);
  });

  it('refuses an address that is taken, with a sentence that names it', async () => {
    const { url } = await openEndpoint();
    const port = Number(new URL(url).port);
    await expect(ScrapeEndpoint.open({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'report-unwritable',
      message: expect.stringContaining(`cannot listen on 127.0.0.1:${port}`),
    });
  });

  it('has no more series than its limit, and still counts every request', () => {
    const samples = Array.from({ length: 450 }, (_, index) => ({ step: `GET /${index}`, ms: 1 }));
    const [requests] = toMetricFamilies(recorderOf(samples), null);
    expect(requests?.samples).toHaveLength(201);
    expect(requests?.samples.reduce((sum, { value }) => sum + value, 0)).toBe(450);
  });

  it('escapes whatever a step is named', () => {
    const recorder = recorderOf([{ step: 'a', ms: 1 }]);
    const families = toMetricFamilies(recorder, null);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (step) => {
        const named = families.slice(0, 1).map((family) => ({
          ...family,
          samples: family.samples.map((sample) => ({ ...sample, labels: { step } })),
        }));
        const lines = toExpositionText(named).split('\n');
        expect(lines).toHaveLength(4);
        const [, escaped = ''] =
          /^loadspiker_requests_total\{step="((?:[^"\\]|\\["\\n])*)"\} 1$/s.exec(lines[2] ?? '') ?? [];
        const read = escaped.replace(/\\(.)/g, (_, sign) => (sign === 'n' ? '\n' : sign));
        expect(read).toBe(step);
      }),
    );
  });
});
