/** GET /metrics in Prometheus' text format. */
import type { Metrics } from '@trafficflux/metrics';
import type { FastifyInstance } from 'fastify';

export function addMetricsRoute(app: FastifyInstance, path: string, metrics: Metrics): void {
  app.get(path, { schema: { hide: true }, config: { neverShed: true } }, async (_request, reply) => {
    reply.header('content-type', metrics.contentType).header('cache-control', 'no-store');
    return metrics.render();
  });
}
