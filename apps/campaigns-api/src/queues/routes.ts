// /queues: what waits in the queue, as Bull Board shows it. Without tokens one may only look, and only from this machine.
import type { JobQueue } from '@trafficflux/job-queue';
import type { App } from '@trafficflux/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AccessConfig } from '../access/access-config.ts';
import { isLoopback, toHostname } from '../access/hosts.ts';
import { forbidden, notFound } from '../errors.ts';
import type { Board } from './board.ts';

export interface QueueBoardOptions {
  readonly queue: Pick<JobQueue<never>, 'bull' | 'ping'>;
  readonly mode: AccessConfig['mode'];
}

const PATH = '/queues';
const API = `${PATH}/api/`;

/** Everything that the board needs lies on our origin; it sets styles inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self' data:",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export function addQueueBoard(app: App, { queue, mode }: QueueBoardOptions): void {
  const isReadOnly = mode !== 'required';
  let opened: Promise<Board> | undefined;
  const open = async () => {
    const { buildBoard } = await import('./board.ts');
    return await buildBoard({ path: PATH, isReadOnly, queue });
  };

  const show = async (request: FastifyRequest, reply: FastifyReply) => {
    if (isReadOnly) assertLocal(request);
    opened ??= open();
    const { pages, connect } = await opened;
    const url = request.raw.url ?? PATH;
    if (url.startsWith(API)) await connect();
    const { method, body } = request;
    const { statusCode, headers, rawPayload } = await pages.inject({
      method: method as 'GET',
      url,
      headers: pick(request.headers, ASKED),
      ...(typeof body === 'object' && body !== null && { payload: body }),
    });
    if (statusCode >= 400) return await refuse(reply, statusCode, rawPayload);
    return reply
      .code(statusCode)
      .headers({ ...pick(headers, TOLD), 'content-security-policy': POLICY })
      .send(rawPayload);
  };

  async function refuse(reply: FastifyReply, statusCode: number, payload: Buffer) {
    if (statusCode === 404) throw notFound('The requested URL does not exist');
    const message = findMessage(payload);
    if (statusCode < 500) return reply.code(statusCode).send({ success: false, error: message, message });
    // It fails because the queue does, or else by a fault of its own.
    await queue.ping();
    throw new Error(`The queue board failed: ${message}`);
  }

  const schema = { hide: true };
  app.get(PATH, { schema }, show);
  app.get(`${PATH}/*`, { schema }, show);
  if (!isReadOnly)
    app.route({ method: ['PUT', 'POST', 'PATCH', 'DELETE'], url: `${API}*`, schema, handler: show });
  // A board that could not be built has told whoever asked for it.
  app.addHook('onClose', async () => (await opened?.catch(() => undefined))?.pages.close());
}

/** Where nobody logs in, names by which others reach this service lead to the API alone. */
function assertLocal({ headers: { host } }: FastifyRequest): void {
  if (host === undefined || isLoopback(toHostname(host) ?? '')) return;
  throw forbidden('The queue is shown on this machine only, or with TRAFFIC_AUTH=required');
}

/** What decides about an answer that a browser may have already. */
const ASKED = ['accept', 'if-modified-since', 'if-none-match', 'range'];
const TOLD = [
  'accept-ranges',
  'cache-control',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'location',
];

function pick<Value>(headers: Readonly<Record<string, Value | undefined>>, names: readonly string[]) {
  const found: Record<string, Value> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** The board names its sentences by keys such as `ERRORS.JOB_NOT_FOUND`. */
function findMessage(payload: Buffer): string {
  const { error, message } = JSON.parse(payload.toString());
  return String(message ?? error?.key ?? error);
}
