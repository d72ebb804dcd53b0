/**
 * Two lines per request, one in and one out, and its duration as a metric.
 *
 * Fastify calls its log controller for every request, also for those that no route or hook ever sees, so
 * this is the one place where nothing is missed and where no hook has to run.
 */
import type { Metrics, RouteDurations } from '@trafficflux/metrics';
import { UNMATCHED_ROUTE } from '@trafficflux/metrics';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { toPath } from '../requests/path.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The series of the matched route; null until a route of ours has begun the request. */
    durations: RouteDurations | null;
  }
}

const PENDING = Symbol('the reply that this socket waits for');
type WaitingSocket = FastifyRequest['raw']['socket'] & { [PENDING]?: FastifyReply | undefined };

/** A client that went away has no status: nginx' 499 tells these requests apart in logs and metrics. */
const CLIENT_CLOSED = 499;
const SWITCHING_PROTOCOLS = 101;
const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export class RequestLog extends LogController {
  readonly #metrics: Metrics;

  constructor(metrics: Metrics) {
    super({ requestIdLogLabel: 'id' });
    this.#metrics = metrics;
  }

  override incomingRequest(request: FastifyRequest, reply: FastifyReply): void {
    this.#metrics.requestDurations.inFlight++;
    this.#expectAbort(reply);
    if (request.log.level === 'silent') return;
    request.log.info({ method: request.raw.method, path: toPath(request.raw.url) }, 'request in');
  }

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const socket = request.raw.socket as WaitingSocket;
    if (socket[PENDING] === reply) socket[PENDING] = undefined;
    this.#finish(request, reply, error ? CLIENT_CLOSED : reply.raw.statusCode);
  }

  /** The connection of a request left HTTP: it is answered, however long it stays open. */
  upgraded(reply: FastifyReply): void {
    const socket = reply.request.raw.socket as WaitingSocket;
    if (socket[PENDING] === reply) socket[PENDING] = undefined;
    this.#finish(reply.request, reply, SWITCHING_PROTOCOLS);
  }

  /** Called once per connection: what is still pending when it closes was aborted by the client. */
  watch(socket: FastifyRequest['raw']['socket']): void {
    socket.once('close', () => {
      const pending = (socket as WaitingSocket)[PENDING];
      if (pending !== undefined) this.#finish(pending.request, pending, CLIENT_CLOSED);
    });
  }

  #expectAbort(reply: FastifyReply): void {
    const socket = reply.request.raw.socket as WaitingSocket;
    const earlier = socket[PENDING];
    socket[PENDING] = reply;
    if (earlier === undefined) return;
    // Pipelined: the socket remembers only the last one, so the earlier one watches for itself.
    earlier.raw.once('close', () => {
      if (!earlier.raw.writableFinished) this.#finish(earlier.request, earlier, CLIENT_CLOSED);
    });
  }

  #finish(request: FastifyRequest, reply: FastifyReply, status: number): void {
    const durationMs = reply.elapsedTime;
    const durations = request.durations ?? this.#findUnmatched(request.raw.method);
    this.#metrics.requestDurations.inFlight--;
    durations.observe(status, durationMs / 1000);
    if (request.log.level === 'silent') return;
    request.log.info(
      {
        method: request.raw.method,
        path: toPath(request.raw.url),
        status,
        duration_ms: Math.round(durationMs * 1000) / 1000,
      },
      status === CLIENT_CLOSED ? 'request aborted' : 'request out',
    );
  }

  #findUnmatched(method = ''): RouteDurations {
    return this.#metrics.requestDurations.route(
      KNOWN_METHODS.has(method) ? method : 'other',
      UNMATCHED_ROUTE,
    );
  }
}
