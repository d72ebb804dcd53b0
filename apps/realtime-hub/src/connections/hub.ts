// The hub of one node: connections come, say something, get what is for them, and go. It knows no sockets.
import { randomUUID } from 'node:crypto';
import type { Json } from '@trafficflux/event-bus';
import { WriteSchedule } from '../delivery/write-schedule.ts';
import { RateLimits, type RateLimitsConfig } from '../limits/rate-limits.ts';
import type { Access, AccessTokens } from '../login-sessions/access.ts';
import { toBroadcast, toWelcome } from '../messages/server-message.ts';
import type { People } from '../people/people.ts';
import type { Rights } from '../rights/rights.ts';
import { publish } from '../topics/publish.ts';
import { TopicIndex } from '../topics/topic-index.ts';
import { Client, type ClientContext } from './client.ts';
import { Connection } from './connection.ts';
import { Connections, type Place } from './connections.ts';
import { createCounts } from './counts.ts';
import { drain } from './drain.ts';
import { createStatistics, type HubStatistics } from './hub-statistics.ts';
import type { Line } from './line.ts';
import { endAuth } from './standing.ts';
import { isAuthCurrent, sweep } from './sweep.ts';

export interface HubOptions {
  readonly people: People;
  readonly tokens: AccessTokens;
  readonly maxConnections: number;
  readonly heartbeatIntervalMs: number;
  readonly clientTimeoutMs: number;
  readonly maxTopicsPerConnection: number;
  /** Of one connection, outbound. */
  readonly maxQueuedBytes: number;
  readonly rateLimits: RateLimitsConfig;
  readonly onError: (error: unknown) => void;
}

/** Under load a connection is written to at most once in this time (design section 7). */
const WRITE_WINDOW_MS = 5;
const STANDING_INTERVAL_MS = 5_000;
const LONGEST_SWEEP_INTERVAL_MS = 1_000;

export class Hub {
  readonly statistics: HubStatistics;
  readonly #options: HubOptions;
  readonly #context: ClientContext;
  readonly #index = new TopicIndex<Connection>();
  readonly #connections: Connections;
  readonly #clients = new Map<Connection, Client>();
  readonly #counts = createCounts();
  readonly #schedule = new WriteSchedule(WRITE_WINDOW_MS);
  readonly #limits: RateLimits;
  readonly #sweeping: NodeJS.Timeout;

  constructor(options: HubOptions) {
    const { people, tokens, onError } = options;
    this.#options = options;
    this.#connections = new Connections(options.maxConnections);
    this.#limits = new RateLimits(options.rateLimits, performance.now());
    this.#context = {
      index: this.#index,
      connections: this.#connections,
      people,
      tokens,
      limits: this.#limits,
      counts: this.#counts,
      maxTopics: options.maxTopicsPerConnection,
      clock: () => performance.now(),
      wallClock: () => Date.now(),
      onError,
    };
    this.statistics = createStatistics(this.#counts, this.#connections, this.#index);
    const { heartbeatIntervalMs, clientTimeoutMs } = options;
    const intervalMs = Math.min(LONGEST_SWEEP_INTERVAL_MS, heartbeatIntervalMs / 4, clientTimeoutMs / 4);
    this.#sweeping = setInterval(() => this.#sweep(), Math.max(10, intervalMs));
  }

  /** Null when the node is full. */
  takePlace(): Place | null {
    return this.#connections.takePlace();
  }

  /** Lets somebody in who has a place, and says welcome. `access` is null for anonymous ones. */
  connect(line: Line, access: Access | null, rights: Rights): Client {
    const now = this.#context.clock();
    const bucket =
      access === null
        ? null
        : this.#connections.bucketOf(access.userId, () => this.#limits.createUserBucket(now));
    const connection = new Connection({
      line,
      access,
      rights,
      allowance: this.#limits.createAllowance(bucket, now),
      schedule: this.#schedule,
      maxQueuedBytes: this.#options.maxQueuedBytes,
      counts: this.#counts,
      now,
    });
    const client = new Client(this.#context, connection);
    this.#connections.add(connection);
    this.#clients.set(connection, client);
    this.#counts.connections++;
    const wallNow = this.#context.wallClock();
    connection.send(toWelcome(connection.id, wallNow));
    isAuthCurrent(connection, wallNow);
    return client;
  }

  /** The other side of a connection is gone. */
  disconnect(client: Client): void {
    const { connection } = client;
    client.leave();
    this.#connections.remove(connection);
    this.#clients.delete(connection);
    for (const topic of connection.subscriptions) this.#index.remove(topic, connection);
    connection.subscriptions.clear();
  }

  countError(): void {
    this.#counts.errors++;
  }

  /** An event of a service, to whoever is subscribed to it. */
  publishEvent(topic: string, payload: Json): void {
    const origin = {
      messageId: `event_${randomUUID()}`,
      fromUser: null,
      sentAt: this.#context.wallClock(),
    };
    publish(this.#index, topic, toBroadcast(topic, payload, origin));
  }

  /** A login session ended: so do its connections. */
  endSession(sessionId: string): void {
    for (const connection of this.#connections.ofSession(sessionId))
      endAuth(connection, 'Your session has ended.');
  }

  /** Sends everybody away, spread over at most `windowMs`, so that they do not all come back at once. */
  drain(windowMs: number): Promise<void> {
    return drain([...this.#connections], windowMs);
  }

  close(): void {
    clearInterval(this.#sweeping);
    this.#schedule.close();
  }

  #sweep(): void {
    const { clock, wallClock } = this.#context;
    const { heartbeatIntervalMs, clientTimeoutMs } = this.#options;
    sweep({
      connections: this.#connections,
      heartbeatIntervalMs,
      clientTimeoutMs,
      standingIntervalMs: STANDING_INTERVAL_MS,
      ask: (connection) => this.#clients.get(connection)?.ask(),
      clock,
      wallClock,
    });
  }
}
