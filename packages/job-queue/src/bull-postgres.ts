// BullMQ on PostgreSQL: its tables in a schema of their own, beside those of the bus.
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseDatabaseUrl } from '@trafficflux/postgres';
import { type BackendFactory, createPostgresBackend, type Processor, withBackend } from 'bullmq';
import {
  type Bull,
  type Closable,
  COMMAND_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  EVENTS,
  JOB_OPTIONS,
  type Queue,
  WORKER_LIMITS,
  type Worker,
} from './bull.ts';

export const SCHEMA = 'bullmq';
const POOL_SIZE = 4;
const ANSWER_GRACE_MS = 500;

/** Locks are told by the clocks of workers: where these differ by minutes, a dead worker's job comes back late. */
export function openPostgresBull(name: string, databaseUrl: string): Bull {
  const { href } = parseDatabaseUrl(databaseUrl);
  const { Queue, Worker } = withBackend(createPatientBackend);
  const defaults = { streams: EVENTS, defaultJobOptions: JOB_OPTIONS };
  return {
    title: 'PostgreSQL',
    createQueue() {
      const { connection, destroy } = toConnection(name, href);
      // BullMQ's type names the backend; what we use of a queue is the same on each.
      return { part: new Queue(name, { ...defaults, connection }) as unknown as Queue, destroy };
    },
    createWorker(processor: Processor, concurrency): Closable<Worker> {
      const { connection, destroy } = toConnection(name, href);
      const worker = new Worker(name, processor, {
        ...WORKER_LIMITS,
        connection,
        concurrency,
        autorun: false,
      });
      return { part: worker as unknown as Worker, destroy };
    },
  };
}

function toConnection(name: string, connectionString: string) {
  const sockets = new Set<Socket>();
  let isOver = false;
  const connection = {
    connectionString,
    schema: SCHEMA,
    application_name: `queue ${name}`,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: COMMAND_TIMEOUT_MS,
    // A server that stalls answers nothing at all: without this limit of our own the query would wait for ever.
    query_timeout: COMMAND_TIMEOUT_MS + ANSWER_GRACE_MS,
    keepAlive: true,
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket.once('connect', () => isOver && socket.destroy());
    },
  };
  const destroy = () => {
    isOver = true;
    for (const socket of sockets) socket.destroy();
  };
  return { connection, destroy };
}

/** BullMQ's worker asks again at once when the database refuses: it would ask thousands of times a second. */
const createPatientBackend: BackendFactory<
  ReturnType<typeof createPostgresBackend>,
  Parameters<typeof createPostgresBackend>[1]['connection']
> = (...options) => {
  const backend = createPostgresBackend(...options);
  const moveToActive = backend.moveToActive.bind(backend);
  backend.moveToActive = async (...args) => {
    try {
      return await moveToActive(...args);
    } catch (error) {
      await delay(WORKER_LIMITS.runRetryDelay);
      throw error;
    }
  };
  return backend;
};
