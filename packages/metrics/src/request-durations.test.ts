import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';
import { RequestDurations } from './request-durations.ts';

describe('request durations', () => {
  it('fill the buckets up to each bound, the bound included, and one beyond all', async () => {
    const durations = new RequestDurations([0.1, 1]);
    const route = durations.route('GET', '/books/:id');
    for (const seconds of [0, 0.1, 0.100001, 1, 5]) route.observe(200, seconds);
    const { values } = await durations.get();
    const byLabel = values.map(({ metricName, labels, value }) => [
      metricName.split('_').at(-1),
      labels.le,
      value,
    ]);
    expect(byLabel).toEqual([
      ['bucket', 0.1, 2],
      ['bucket', 1, 4],
      ['bucket', '+Inf', 5],
      ['sum', undefined, expect.closeTo(6.200001)],
      ['count', undefined, 5],
    ]);
  });

  it('stand in the text of Prometheus with method, route, status and service', async () => {
    const metrics = createMetrics({ service: 'books-api', bucketsSeconds: [1] });
    metrics.requestDurations.route('GET', '/books/:id').observe(200, 0.5);
    metrics.requestDurations.route('GET', '/books/:id').observe(404, 2);
    const text = await metrics.render();
    const labels = 'service="books-api",method="GET",route="/books/:id"';
    expect(text).toContain('# TYPE http_request_duration_seconds histogram');
    expect(text).toContain(`http_request_duration_seconds_bucket{le="1",${labels},status_code="200"} 1`);
    expect(text).toContain(`http_request_duration_seconds_bucket{le="1",${labels},status_code="404"} 0`);
    expect(text).toContain(`http_request_duration_seconds_bucket{le="+Inf",${labels},status_code="404"} 1`);
    expect(text).toContain(`http_request_duration_seconds_sum{${labels},status_code="404"} 2`);
    expect(text).toContain(`http_request_duration_seconds_count{${labels},status_code="200"} 1`);
  });

  it('escape what a route template may hold', async () => {
    const metrics = createMetrics({ service: 'x' });
    metrics.requestDurations.route('GET', '/:id(^\\d+$)/"').observe(200, 1);
    expect(await metrics.render()).toContain('route="/:id(^\\\\d+$)/\\""');
  });

  it('begin again at zero when they are reset', async () => {
    const durations = new RequestDurations();
    const route = durations.route('GET', '/');
    route.observe(200, 1);
    durations.reset();
    route.observe(200, 1);
    expect((await durations.get()).values.at(-1)?.value).toBe(1);
  });

  it.each([[[0, 1]], [[1, 1]], [[2, 1]], [[-1]], [[Number.NaN]]])('refuse the bounds %j', (bounds) => {
    expect(() => new RequestDurations(bounds)).toThrow(RangeError);
  });

  it('of two services in one process do not mix', async () => {
    const [one, two] = [createMetrics({ service: 'one' }), createMetrics({ service: 'two' })];
    one.requestDurations.route('GET', '/').observe(200, 1);
    expect(await two.render()).not.toContain('route="/"');
  });
});
