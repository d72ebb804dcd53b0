/** The one hook that every route runs first: headers of the answer, load shedding, and the route's metric. */
import type { Metrics, RouteDurations } from '@trafficflux/metrics';
import type { FastifyInstance, onRequestHookHandler, RouteOptions } from 'fastify';
import type { KitErrors } from '../errors/sentences.ts';
import type { Pressure } from '../server/pressure.ts';
import { hasEmptyParameter } from './route-table.ts';
import type { AnswerUnrouted } from './unrouted.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True for routes that answer under pressure too: health, metrics. */
    neverShed?: boolean;
  }
}

export interface BeginOptions {
  readonly metrics: Metrics;
  readonly pressure: Pressure;
  readonly retryAfterSeconds: number;
  readonly securityHeaders: Readonly<Record<string, string>>;
  readonly kitErrors: KitErrors;
  readonly answerUnrouted: AnswerUnrouted;
}

/** Adds the hook when a route is registered, so that what belongs to the route is looked up once and not per request. */
export function addBeginHook(app: FastifyInstance, options: BeginOptions): void {
  app.decorateRequest('durations', null);
  app.addHook('onRoute', (route) => {
    const begin = createBegin(route, options);
    const own = route.onRequest ?? [];
    route.onRequest = [begin, ...(Array.isArray(own) ? own : [own])];
  });
}

function createBegin(route: RouteOptions, options: BeginOptions): onRequestHookHandler {
  const { metrics, pressure, securityHeaders, kitErrors, retryAfterSeconds, answerUnrouted } = options;
  const durationsByMethod = new Map<string, RouteDurations>(
    [route.method]
      .flat()
      .map((method) => [method, metrics.requestDurations.route(method, toTemplate(route.url))]),
  );
  const only = durationsByMethod.size === 1 ? [...durationsByMethod.values()][0] : undefined;
  const mayShed = route.config?.neverShed !== true;
  const hasParameters = route.url.includes(':');

  return function beginRequest(request, reply, done) {
    request.durations = only ?? durationsByMethod.get(request.method) ?? null;
    reply.headers(securityHeaders).header('x-request-id', request.id);
    if (mayShed && pressure.isHigh) done(kitErrors('UNDER_PRESSURE', { retryAfterSeconds }));
    else if (hasParameters && hasEmptyParameter(request.params as Record<string, string>))
      answerUnrouted(request, reply);
    else done();
  };
}

/** The path as the documents write it, without the patterns of its parameters: `/books/:id(^\\d+$)` is `/books/:id`. */
function toTemplate(url: string): string {
  return url.replace(/(:\w+)\([^)]*\)/g, '$1');
}
