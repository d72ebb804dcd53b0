// Login sessions in Redis: a key for each, which ends by itself, and for each user a sorted set of their ids.
import { Redis } from 'ioredis';
import {
  type LoginSession,
  type LoginSessionStore,
  LoginSessionsUnavailableError,
} from './login-session-store.ts';
import { isSessionId } from './session-id.ts';

export interface RedisStoreOptions {
  readonly redisUrl: string;
  /** Shown by `CLIENT LIST`. */
  readonly name: string;
  readonly connectTimeoutMs: number;
  /** How long a command waits for its answer, the time for a connection included. */
  readonly answerTimeoutMs: number;
  /** Told once of each time that Redis is away. */
  readonly onError: (error: Error) => void;
}

const SESSION_PREFIX = 'trafficflux:hub:session:';
const USER_PREFIX = 'trafficflux:hub:sessions-of:';
const LONGEST_PAUSE_MS = 1000;
const GOODBYE_MS = 200;

/** Connects in the background, by itself again and again, whether or not Redis is there yet. */
export function createRedisLoginSessionStore(options: RedisStoreOptions): LoginSessionStore {
  const redis = connect(options);

  return {
    create: (session, limit) =>
      askStore(
        async () =>
          (await redis.eval(
            CREATE,
            2,
            SESSION_PREFIX + session.id,
            USER_PREFIX + session.userId,
            session.id,
            JSON.stringify(session),
            session.createdAt,
            session.expiresAt,
            limit,
            SESSION_PREFIX,
          )) as string[],
      ),

    async find(id) {
      if (!isSessionId(id)) return null;
      const text = await askStore(() => redis.get(SESSION_PREFIX + id));
      return text === null ? null : (JSON.parse(text) as LoginSession);
    },

    async findLive(ids) {
      const known = ids.filter(isSessionId);
      if (known.length === 0) return new Set();
      const found = await askStore(() => redis.mget(known.map((id) => SESSION_PREFIX + id)));
      return new Set(known.filter((_, index) => found[index] !== null));
    },

    async end(id) {
      if (!isSessionId(id)) return false;
      const text = await askStore(() => redis.getdel(SESSION_PREFIX + id));
      if (text === null) return false;
      const { userId } = JSON.parse(text) as LoginSession;
      // It has ended: a name that stays behind is left out by the next login.
      await redis.zrem(USER_PREFIX + userId, id).catch(() => {});
      return true;
    },

    ping: () => askStore(async () => void (await redis.ping())),

    async close() {
      redis.disconnect();
    },
  };
}

function connect({ redisUrl, name, connectTimeoutMs, answerTimeoutMs, onError }: RedisStoreOptions): Redis {
  const redis = new Redis(redisUrl, {
    connectionName: name,
    family: 0,
    connectTimeout: connectTimeoutMs,
    commandTimeout: answerTimeoutMs,
    // A connection on which nothing comes any more is given up, and not asked again.
    socketTimeout: answerTimeoutMs,
    disconnectTimeout: GOODBYE_MS,
    retryStrategy: (failures) => Math.min(50 * 2 ** failures, LONGEST_PAUSE_MS),
    // Who asks while it is away hears so after the next attempt to connect.
    maxRetriesPerRequest: 0,
    // Nobody knows what became of a command whose answer was lost: it is not sent again.
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
  });
  let isAway = false;
  redis.on('ready', () => {
    isAway = false;
  });
  redis.on('error', (error: Error) => {
    if (!isAway) onError(withoutCommand(error));
    isAway = true;
  });
  return redis;
}

async function askStore<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const cause = withoutCommand(error as Error);
    if (isOurs(cause)) throw cause;
    throw new LoginSessionsUnavailableError('The login sessions are not available.', { cause });
  }
}

/** What Redis says of itself while it starts, is full, is a replica, or is not ours to use. */
const PASSING_REPLY =
  /^(?:LOADING|BUSY|OOM|MISCONF|READONLY|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|NOAUTH|WRONGPASS)\b/;

/** A command that Redis took and refused is a fault of ours; all else is an outage. */
function isOurs(error: Error): boolean {
  return error.name === 'ReplyError' && !PASSING_REPLY.test(error.message);
}

/** ioredis notes the command at its errors: it would reach the log. */
function withoutCommand(error: Error): Error {
  if ('command' in error) delete error.command;
  return error;
}

/**
 * Creates a session and, beyond the limit, ends the user's oldest, in one step. The set may hold names of sessions that
 * ended by themselves: the oldest of them are left out here, so that it does not grow.
 */
const CREATE = `
  local session, user = KEYS[1], KEYS[2]
  local id, text, createdAt, expiresAt = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
  local limit, prefix = tonumber(ARGV[5]), ARGV[6]

  local last = -1
  if limit == 0 then last = 99 end
  local live = {}
  for _, other in ipairs(redis.call('ZRANGE', user, 0, last)) do
    if redis.call('EXISTS', prefix .. other) == 1 then
      live[#live + 1] = other
      if limit == 0 then break end
    else
      redis.call('ZREM', user, other)
    end
  end

  redis.call('SET', session, text, 'PXAT', expiresAt)
  redis.call('ZADD', user, createdAt, id)
  local time = redis.call('TIME')
  local remaining = expiresAt - (time[1] * 1000 + math.floor(time[2] / 1000))
  if remaining > redis.call('PTTL', user) then redis.call('PEXPIREAT', user, expiresAt) end

  local ended = {}
  if limit > 0 then
    for index = 1, #live + 1 - limit do
      redis.call('DEL', prefix .. live[index])
      redis.call('ZREM', user, live[index])
      ended[#ended + 1] = live[index]
    end
  end
  return ended
`;
