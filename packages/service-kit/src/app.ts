/** `createApp`: a Fastify app that is one of ours, before it has any feature. */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { createMetrics, type Metrics } from '@trafficflux/metrics';
import { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { HttpConfig } from './config/http-config.ts';
import { createErrorPresenter, type ErrorFormat } from './errors/error-format.ts';
import { sendError } from './errors/send-error.ts';
import type { Logger } from './logging/logger.ts';
import { RequestLog } from './logging/request-log.ts';
import { answerBadUrl } from './requests/bad-url.ts';
import { addBeginHook } from './requests/begin-requests.ts';
import { addJsonBodies } from './requests/json-body.ts';
import { createRequestId } from './requests/request-id.ts';
import { MAX_PARAMETER_LENGTH, RouteTable } from './requests/route-table.ts';
import { createSecurityHeaders } from './requests/security-headers.ts';
import { addUnrouted } from './requests/unrouted.ts';
import { addValidation } from './requests/validation.ts';
import { addDocs, type DocsOptions } from './routes/docs.ts';
import { addHealthRoutes, type ReadinessCheck } from './routes/health.ts';
import { addMetricsRoute } from './routes/metrics.ts';
import { Connections } from './server/connections.ts';
import { createHttpServer } from './server/http-server.ts';
import { type Listening, listen } from './server/listen.ts';
import { createParserErrors } from './server/parser-errors.ts';
import { watchPressure } from './server/pressure.ts';
import { Upgrades } from './server/upgrades.ts';

export type App = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  interface FastifyInstance {
    readonly metrics: Metrics;
    readonly connections: Connections;
    /** Opens the configured address. @throws {ConfigError} one sentence about a taken port and the like */
    listenAsConfigured(): Promise<Listening>;
    /** To be called when the connection of a request became a WebSocket: for log and metrics it is answered. */
    leaveHttp(reply: FastifyReply): void;
  }
}

export interface AppOptions {
  readonly name: string;
  readonly http: HttpConfig;
  readonly logger: Logger;
  readonly errors: ErrorFormat;
  /** OpenAPI and Swagger UI; left out, the service has neither. */
  readonly docs?: DocsOptions;
  /** What must answer before the service takes traffic. */
  readonly readiness?: Readonly<Record<string, ReadinessCheck>>;
  /** By default `/metrics`, `/health/live` and `/health/ready`; null leaves the metrics route out. */
  readonly paths?: { readonly metrics?: string | null; readonly live?: string; readonly ready?: string };
  readonly metrics?: Metrics;
  /** Whether a slash too many at the end of a path is answered 307 to the path without it; false by default: 404. */
  readonly redirectSlashes?: boolean;
}

/** Creates an app with everything that our services share; features are registered on it afterwards. */
export async function createApp(options: AppOptions): Promise<App> {
  const { http, logger, paths = {} } = options;
  const metrics = options.metrics ?? createMetrics({ service: options.name });
  const presenter = createErrorPresenter(options.errors);
  const { kitErrors } = presenter;
  const securityHeaders = createSecurityHeaders(http.hstsSeconds);
  const connections = new Connections();
  const routes = new RouteTable();
  const upgrades = new Upgrades();
  const requestLog = new RequestLog(metrics);
  const parserErrors = createParserErrors({
    presenter,
    securityHeaders,
    connections,
    routes,
    metrics,
    logger,
  });
  const createServer = (handle: RequestListener) => {
    const server = createHttpServer({
      config: http,
      handle,
      connections,
      parserErrors,
      mayUpgrade: upgrades.may,
    });
    server.on(http.tls === null ? 'connection' : 'secureConnection', (socket) => requestLog.watch(socket));
    connections.addServer(server);
    return server;
  };
  const pressure = watchPressure(http.shedding);

  const app: App = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: requestLog,
    genReqId: createRequestId,
    bodyLimit: http.limits.bodyBytes,
    trustProxy: http.trustProxy,
    // Late requests on a connection that is being drained are answered: they were accepted.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    serverFactory: (handle) => createServer(handle),
    clientErrorHandler: () => {},
    frameworkErrors: (error, request, reply) =>
      answerBadUrl({ presenter, requestLog, securityHeaders }, error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>();

  app.decorate('metrics', metrics);
  app.decorate('connections', connections);
  app.decorate('listenAsConfigured', () =>
    listen(app, http, () => {
      const second = createServer(app.routing);
      upgrades.forward(second, app.server);
      return second;
    }),
  );
  app.decorate('leaveHttp', (reply) => requestLog.upgraded(reply));
  app.setErrorHandler((error, request, reply) => sendError(presenter, error, request, reply));
  app.addHook('preClose', () => connections.end(http.shutdown.drainMs));
  app.addHook('onClose', async () => pressure.stop());

  routes.watch(app);
  upgrades.watch(app);
  const answerUnrouted = addUnrouted(app, {
    presenter,
    securityHeaders,
    routes,
    redirectSlashes: options.redirectSlashes ?? false,
  });
  addBeginHook(app, {
    metrics,
    pressure,
    retryAfterSeconds: http.shedding.retryAfterSeconds,
    securityHeaders,
    kitErrors,
    answerUnrouted,
  });
  addValidation(app);
  addJsonBodies(app, kitErrors);
  if (paths.metrics !== null) addMetricsRoute(app, paths.metrics ?? '/metrics', metrics);
  addHealthRoutes(app, {
    livePath: paths.live ?? '/health/live',
    readyPath: paths.ready ?? '/health/ready',
    checks: options.readiness ?? {},
    connections,
    kitErrors,
  });
  if (options.docs !== undefined) addDocs(app, options.docs, kitErrors);
  return app;
}
