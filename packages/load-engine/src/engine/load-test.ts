/** `engine.startLoadTest`: a list of requests that every user repeats in its order. */
import { fileURLToPath } from 'node:url';
import type { ScenarioLoad, UrlLoad } from '../run/load-options.ts';
import { assertCount, assertSeconds } from './parameters.ts';
import type { RunReporter } from './run-reporters.ts';

/** One of the requests. */
export interface LoadRequest {
  readonly url: string;
  /** GET if absent. */
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** Of the whole request in milliseconds (default 30,000). */
  readonly timeoutMs?: number | undefined;
}

export interface LoadTestOptions {
  /** Users who repeat the list at once (default 10). */
  readonly concurrentUsers?: number | undefined;
  /** Default 60. */
  readonly durationSeconds?: number | undefined;
  /** Told of the run from its start to its end. */
  readonly reporters?: readonly RunReporter[] | undefined;
}

/** What a single request of the engine counts as a success; redirects are not followed here. */
const SUCCESSES = Array.from({ length: 200 }, (_, index) => 200 + index);

/** Throws a TypeError or RangeError that names what was expected and what came. */
export function toRequestLoad(
  requests: readonly LoadRequest[],
  options: LoadTestOptions,
): UrlLoad | ScenarioLoad {
  const { concurrentUsers = 10, durationSeconds = 60 } = options;
  const shape = {
    users: assertCount('concurrentUsers', concurrentUsers),
    durationMs: assertSeconds('durationSeconds', durationSeconds) * 1000,
  };
  if (!Array.isArray(requests)) throw new TypeError('Expected requests to be a list.');
  if (requests.length === 0) throw new RangeError('requests list cannot be empty');
  for (const request of requests) {
    if (typeof request?.url !== 'string' || request.url === '')
      throw new TypeError("Each request must have a 'url' field");
  }
  const [only] = requests;
  if (only !== undefined && requests.length === 1) {
    const { timeoutMs, ...request } = only;
    return { ...shape, ...request, requestTimeoutMs: timeoutMs, expect: SUCCESSES };
  }
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const scenario = fileURLToPath(new URL(`./request-list.${extension}`, import.meta.url));
  return { ...shape, scenario, options: { requests: JSON.stringify(requests) } };
}
