/** Bull Board as an app beside the service's own: `routes.ts` asks it, and loads it when it is first asked for. */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { JobQueue } from '@trafficflux/job-queue';
import { type FastifyInstance, fastify } from 'fastify';

export interface BoardOptions {
  readonly path: string;
  readonly isReadOnly: boolean;
  readonly queue: Pick<JobQueue<never>, 'bull'>;
}

export interface Board {
  readonly pages: FastifyInstance;
  /** Shows the queue by a connection that stands. @throws {QueueError} `UNAVAILABLE` */
  connect(): Promise<void>;
}

/** Its fonts come from another origin; without them a browser takes its own. */
const FOREIGN_STYLES = /<link [^>]*href="https?:[^>]*>/g;

export async function buildBoard({ path, isReadOnly, queue }: BoardOptions): Promise<Board> {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(path);
  const board = createBullBoard({
    queues: [],
    serverAdapter,
    options: { uiConfig: { boardTitle: 'TrafficFlux queues', hideRedisDetails: false } },
  });
  const pages = fastify({ exposeHeadRoutes: false });
  pages.addHook('onSend', async (_request, reply, payload) =>
    typeof payload === 'string' && String(reply.getHeader('content-type')).startsWith('text/html')
      ? payload.replaceAll(FOREIGN_STYLES, '')
      : payload,
  );
  await pages.register(serverAdapter.registerPlugin(), { prefix: path });
  await pages.ready();

  let shown: unknown;
  async function connect(): Promise<void> {
    const current = await queue.bull();
    if (current === shown) return;
    shown = current;
    board.replaceQueues([new BullMQAdapter(current, { readOnlyMode: isReadOnly })]);
  }
  return { pages, connect };
}
