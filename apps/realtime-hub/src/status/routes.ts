// /health, /metrics and /info, which need no token (contracts 4.5).
import type { AddressInfo } from 'node:net';
import { type App, answer } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import type { Config } from '../config.ts';
import type { HubStatistics } from '../connections/hub-statistics.ts';
import { errorAnswers, VERSION } from '../openapi.ts';
import { addHubMetrics } from './hub-metrics.ts';
import { chooseFormat } from './metrics-format.ts';

const NAME = 'WebSocket Real-time Communication Server';
const FEATURES = [
  'websocket',
  'heartbeat',
  'topic_subscription',
  'broadcast_messaging',
  'direct_messaging',
  'connection_management',
  'metrics',
];

export function addStatusRoutes(app: App, config: Config, statistics: HubStatistics): void {
  addHubMetrics(app.metrics, config.hub, statistics);
  const options = { config: { neverShed: true } };

  app.get('/health', { schema: schemas.health, ...options }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    const { status, ...body } = toHealth(config, statistics);
    return reply.code(status === 'healthy' ? 200 : 503).send({ status, ...body });
  });

  app.get('/metrics', { schema: schemas.metrics, ...options }, async ({ query, headers }, reply) => {
    reply.header('cache-control', 'no-store').header('vary', 'Accept');
    const { format } = query as { format?: unknown };
    if (chooseFormat(format, headers.accept) === 'json') return toStatistics(statistics);
    return reply.header('content-type', app.metrics.contentType).send(await app.metrics.render());
  });

  app.get('/info', { schema: schemas.info, ...options }, async () => ({
    server: { name: NAME, version: VERSION, config: toShownConfig(app, config) },
    stats: toStatistics(statistics),
    features: FEATURES,
  }));
}

function toHealth({ hub }: Config, { activeConnections }: HubStatistics) {
  const connections = { active_connections: activeConnections, max_connections: hub.maxConnections };
  return activeConnections >= hub.maxConnections
    ? { status: 'unhealthy', reason: 'At capacity', ...connections }
    : { status: 'healthy', ...connections, uptime_seconds: Math.floor(process.uptime()) };
}

function toStatistics(statistics: HubStatistics) {
  return {
    active_connections: statistics.activeConnections,
    total_connections: statistics.totalConnections,
    messages_sent: statistics.messagesSent,
    messages_received: statistics.messagesReceived,
    errors: statistics.errors,
  };
}

/** What is in force: with PORT 0 the port is the system's choice. */
function toShownConfig(app: App, { http, hub }: Config) {
  const address = app.server.address() as AddressInfo | null;
  return {
    host: http.host,
    port: address?.port ?? http.port,
    max_connections: hub.maxConnections,
    heartbeat_interval_secs: hub.heartbeatIntervalMs / 1000,
    client_timeout_secs: hub.clientTimeoutMs / 1000,
    max_frame_size: hub.maxFrameBytes,
  };
}

const tags = ['Status'];

const schemas = {
  health: {
    tags,
    summary: 'Whether the hub takes connections; see /health/ready for its stores',
    response: {
      200: answer('It does', Type.Ref('Health')),
      503: answer('It is full', Type.Ref('Unhealthy')),
    },
  },
  metrics: {
    tags,
    summary: 'What the hub counts: JSON, or the text format of Prometheus where the Accept header prefers it',
    querystring: Type.Object({ format: Type.Optional(Type.Enum(['json', 'prometheus'])) }),
    response: {
      200: {
        description: 'The counts',
        content: {
          'application/json': { schema: Type.Ref('Statistics') },
          'text/plain': { schema: Type.String() },
        },
      },
      ...errorAnswers(400),
    },
  },
  info: {
    tags,
    summary: 'What this server is, and how it is set up',
    response: { 200: answer('Name, settings, counts and features', Type.Ref('Info')) },
  },
} as const;
