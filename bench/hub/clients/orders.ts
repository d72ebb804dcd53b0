// What the benchmark tells the process of the clients, and what that tells its threads of sinks.
import type { ServerName } from './dialects.ts';

/** `count` topics, named `<prefix>.<n>`; a subscriber with the number i has the topic i modulo `count`. */
export interface Topics {
  readonly prefix: string;
  readonly count: number;
}

export function toTopic({ prefix, count }: Topics, number: number): string {
  return `${prefix}.${number % count}`;
}

export interface ServerAddress {
  readonly server: ServerName;
  readonly port: number;
  readonly token: string;
}

interface Audience {
  readonly topics: Topics;
  /** Of each message. */
  readonly recipients: number;
}

export type Order =
  /** More connections, at most `atOnce` on their way. */
  | { readonly do: 'connect'; readonly count: number; readonly atOnce: number }
  /** The first `count` connections, each to its topic. */
  | { readonly do: 'subscribe'; readonly count: number; readonly topics: Topics }
  /** Publishes as long as fewer than `inFlight` messages are on their way. */
  | (Audience & {
      readonly do: 'load';
      readonly inFlight: number;
      readonly warmUpMs: number;
      readonly measureMs: number;
    })
  /** Publishes by the clock. */
  | (Audience & {
      readonly do: 'pace';
      readonly ratePerSecond: number;
      readonly warmUpMs: number;
      readonly measureMs: number;
    })
  | { readonly do: 'close' };

export interface Connected {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export interface Loaded {
  readonly deliveries: number;
  readonly seconds: number;
  /** Of the server. */
  readonly cpuSeconds: number;
}

export interface Paced extends Loaded {
  /** Of deliveries, from the planned time of sending. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly samples: number;
  /** Of the process of the clients, with its threads. */
  readonly clientCpuSeconds: number;
}

/** The part of an order that one thread of sinks does. */
export type SinkOrder =
  | { readonly do: 'connect'; readonly count: number; readonly atOnce: number }
  | { readonly do: 'subscribe'; readonly topics: readonly string[] }
  | { readonly do: 'listen'; readonly every: number; readonly below: number; readonly fromUs: number }
  | { readonly do: 'tell' };

/** What a thread of sinks counts where the publisher sees it. */
export const COUNTS = { messages: 0, lost: 1, length: 2 } as const;

export interface SinkData extends ServerAddress {
  readonly counts: Int32Array;
}
