/** What scenario code holds in its hands: requests, and the user or run they belong to. */

import type { MetricKinds } from '../checks/thresholds.ts';
import type { FormFields } from '../http/index.ts';
import type { Tags } from '../record/step-recorder.ts';
import type { Expectation } from '../users/expectation.ts';
import type { ScenarioOptions } from './define.ts';
import type { MetricHandles, NoMetrics } from './metric-handles.ts';
import type { Response } from './response.ts';

export interface RequestOptions {
  /** The step that the request is counted under (default: method and path, ids folded into `{id}`). */
  readonly name?: string;
  /** By which the request is counted apart from others of its step. */
  readonly tags?: Tags;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, with its content type. */
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  /** Sent as a form with files (`multipart/form-data`). */
  readonly multipart?: FormFields;
  /** Which statuses count as a success (default: any 2xx). */
  readonly expect?: Expectation;
  /** From the start to the last byte, in milliseconds (default 30,000). */
  readonly timeoutMs?: number;
  /** Reads and counts the body without keeping it: for large bodies that nobody looks at. */
  readonly discardBody?: boolean;
}

/**
 * Sends requests and counts them. Paths are resolved against the base URL; absolute URLs go where they say.
 * A failed request is a result (`ok` false), not an exception; only a request that cannot be sent throws.
 */
export interface Requests {
  /** Sent with every request, for instance `authorization`. */
  readonly headers: Record<string, string>;
  get(path: string, options?: RequestOptions): Promise<Response>;
  post(path: string, options?: RequestOptions): Promise<Response>;
  put(path: string, options?: RequestOptions): Promise<Response>;
  patch(path: string, options?: RequestOptions): Promise<Response>;
  delete(path: string, options?: RequestOptions): Promise<Response>;
  request(method: string, path: string, options?: RequestOptions): Promise<Response>;
}

/** What setup, teardown and report see. */
export interface RunContext<Options extends ScenarioOptions, Metrics extends MetricKinds = NoMetrics>
  extends Requests {
  readonly options: Options;
  /** What `--env KEY=VALUE` gave, and nothing else: the process's own environment stays in `process.env`. */
  readonly env: Readonly<Record<string, string>>;
  /** The base URL given by `--host`, without a slash at its end. */
  readonly baseUrl: string;
  /** The metrics that the scenario declares. */
  readonly metrics: MetricHandles<Metrics>;
  /** A number in [0, 1) from the run's seed. */
  random(): number;
  /**
   * Counts whether a condition holds, and says so; a function that throws does not hold. It fails no request: what
   * share must hold is for a threshold on `checks` to say.
   */
  check(name: string, condition: boolean | (() => boolean), tags?: Tags): boolean;
  /** Runs code whose requests, checks and metrics get the tag `group`, and measures how long it takes. */
  group<T>(name: string, run: () => T): Promise<Awaited<T>>;
}

/** One virtual user. */
export interface VirtualUser<
  Options extends ScenarioOptions,
  Shared,
  State,
  Metrics extends MetricKinds = NoMetrics,
> extends RunContext<Options, Metrics> {
  /** From 0, unique in the run. */
  readonly index: number;
  /** What setup returned. */
  readonly shared: Shared;
  /** What `state` of the scenario made for this user. */
  readonly state: State;
  /** A whole number from `lowest` to `highest`, both included. */
  randomInt(lowest: number, highest: number): number;
  /** Waits; the end of the run cuts it short. */
  sleep(milliseconds: number): Promise<void>;
}
