// The bus on Redis: PUBLISH, SUBSCRIBE and PSUBSCRIBE.
import type { Redis } from 'ioredis';
import { type BusOptions, createBus } from './bus.ts';
import type {
  BusStore,
  Connection,
  Outgoing,
  Receiver,
  ReceivingConnection,
  SendingConnection,
} from './bus-store.ts';
import type { EventBus } from './event-bus.ts';
import { encodeMessage } from './message.ts';
import { isWildcard } from './topics.ts';

export interface RedisBusOptions extends BusOptions {
  readonly redisUrl: string;
  /** Shown by `CLIENT LIST`. */
  readonly name: string;
}

/** Channels are shared by all databases of a server, and with other programs. */
const CHANNEL_PREFIX = 'trafficflux:bus:';
const CONNECT_TIMEOUT_MS = 3000;
const ANSWER_TIMEOUT_MS = 2000;
const GOODBYE_MS = 200;
const MAX_CHANNELS_PER_COMMAND = 500;

/** Throws a `TypeError`, whose sentence never repeats the URL, if that is none of Redis. */
export function createRedisEventBus({ redisUrl, name, ...options }: RedisBusOptions): EventBus {
  const url = parseRedisUrl(redisUrl);
  const store: BusStore = {
    title: 'Redis',
    // Redis takes as much as comes; batches form while the one before is on its way.
    sendIntervalMs: 0,
    openSending: async (signal) => toSending(await openRedis(url, `${name}-bus-publisher`, signal)),
    openReceiving: async (receiver, signal) =>
      toReceiving(await openRedis(url, `${name}-bus-subscriber`, signal), receiver),
  };
  return createBus(store, options);
}

function parseRedisUrl(text: string): string {
  const url = text.trim();
  if (!/^rediss?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new TypeError('The Redis URL must look like redis://:password@host:6379.');
  }
  return url;
}

interface OpenRedis extends Connection {
  readonly redis: Redis;
}

/** One connection, which does not come back by itself: the bus opens the next, and so knows of every gap. */
async function openRedis(url: string, name: string, signal: AbortSignal): Promise<OpenRedis> {
  // Most processes stand on PostgreSQL, and need not load it.
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    connectionName: name.replaceAll(/[^\w.:-]/g, '_'),
    family: 0,
    lazyConnect: true,
    retryStrategy: null,
    enableOfflineQueue: false,
    autoResubscribe: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: ANSWER_TIMEOUT_MS,
    disconnectTimeout: GOODBYE_MS,
    disableClientInfo: true,
  });
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => {
    lastError = error;
  });
  const lost = new Promise<Error>((resolve) => {
    redis.once('end', () => resolve(lastError ?? new Error('Redis closed the connection.')));
  });
  const close = async () => {
    redis.disconnect();
    await lost;
  };
  const onAbort = () => redis.disconnect();
  signal.addEventListener('abort', onAbort);
  try {
    await redis.connect();
  } catch (error) {
    await close();
    throw withoutCommand(lastError ?? (error as Error));
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  return { redis, lost, ping: async () => void (await redis.ping()), close };
}

function toSending({ redis, ...connection }: OpenRedis): SendingConnection {
  return { ...connection, send };

  async function send(publisher: string, batch: readonly Outgoing[]): Promise<Map<number, Error>> {
    const pipeline = redis.pipeline();
    for (const { topic, line } of batch)
      pipeline.publish(CHANNEL_PREFIX + topic, encodeMessage(publisher, [line]));
    const results = (await pipeline.exec()) ?? [];
    const refused = new Map<number, Error>();
    for (const [index, [error]] of results.entries()) {
      if (!error) continue;
      if (!isReply(error)) throw error;
      refused.set(index, withoutCommand(error));
    }
    return refused;
  }
}

/** ioredis notes the command at its errors: the password, or the data of an event, would reach the log. */
function withoutCommand(error: Error): Error {
  if ('command' in error) delete error.command;
  return error;
}

/** Redis itself refused (no permission, out of memory); else the connection broke, and nobody knows. */
function isReply(error: Error): boolean {
  return error.name === 'ReplyError';
}

function toReceiving({ redis, ...connection }: OpenRedis, receiver: Receiver): ReceivingConnection {
  // Who matches a channel in several ways gets a message several times; the order guard lets it pass once.
  redis.on('message', (_channel: string, text: string) => receiver.onMessage(text));
  redis.on('pmessage', (_pattern: string, _channel: string, text: string) => receiver.onMessage(text));
  return { ...connection, listen, unlisten };

  async function listen(patterns: readonly string[]): Promise<void> {
    const [globs, channels] = [
      patterns.filter(isWildcard),
      patterns.filter((pattern) => !isWildcard(pattern)),
    ];
    // In a glob of Redis `*` runs across dots: what comes too much is left out by our own matching.
    await Promise.all([
      ...inParts(channels).map((part) => redis.subscribe(...part)),
      ...inParts(globs).map((part) => redis.psubscribe(...part)),
    ]);
  }

  async function unlisten(pattern: string): Promise<void> {
    const channel = CHANNEL_PREFIX + pattern;
    await (isWildcard(pattern) ? redis.punsubscribe(channel) : redis.unsubscribe(channel));
  }
}

function inParts(patterns: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let start = 0; start < patterns.length; start += MAX_CHANNELS_PER_COMMAND) {
    const part = patterns.slice(start, start + MAX_CHANNELS_PER_COMMAND);
    parts.push(part.map((pattern) => CHANNEL_PREFIX + pattern));
  }
  return parts;
}
