import { afterEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../test/test-app.ts';

describe('GET /metrics', () => {
  let test: TestApp;
  afterEach(() => test.app.close());

  const count = async (labels: string) => {
    const { body } = await test.app.inject('/metrics');
    return new RegExp(`^http_request_duration_seconds_count\\{service="test",${labels}\\} (\\d+)$`, 'm').exec(
      body,
    )?.[1];
  };

  it('counts each request under its method, route template and status', async () => {
    test = await startTestApp({}, (app) => {
      app.get('/books/:id', async (request, reply) => {
        const { id } = request.params as { id: string };
        if (id === '0') return reply.code(404).send({});
        return {};
      });
      app.route({ method: ['POST', 'PUT'], url: '/both', handler: async () => ({}) });
    });
    for (const url of ['/books/1', '/books/2', '/books/2?x=1', '/books/0']) await test.app.inject(url);
    for (const method of ['POST', 'PUT', 'PUT'] as const) await test.app.inject({ method, url: '/both' });
    for (const url of ['/a', '/b', '/c']) await test.app.inject(url);

    expect(await count('method="GET",route="/books/:id",status_code="200"')).toBe('3');
    expect(await count('method="GET",route="/books/:id",status_code="404"')).toBe('1');
    expect(await count('method="POST",route="/both",status_code="200"')).toBe('1');
    expect(await count('method="PUT",route="/both",status_code="200"')).toBe('2');
    expect(await count('method="GET",route="\\(unmatched\\)",status_code="404"')).toBe('3');
  });

  it('is Prometheus text, with the process and its event loop', async () => {
    test = await startTestApp();
    const { headers, body } = await test.app.inject('/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_heap_size_used_bytes',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_eventloop_utilization_ratio',
      'http_requests_in_flight',
    ]) {
      expect(body).toMatch(new RegExp(`^${name}\\{.*service="test".*\\} \\S+$`, 'm'));
    }
  });

  it('makes no series of the methods that somebody makes up', async () => {
    test = await startTestApp();
    for (const method of ['PROPFIND', 'LOCK', 'PURGE']) {
      await fetch(`http://127.0.0.1:${test.port}/x`, { method });
    }
    expect(await count('method="other",route="\\(unmatched\\)",status_code="404"')).toBe('3');
  });
});
