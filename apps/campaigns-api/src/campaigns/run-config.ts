// What a run reads from a campaign's `config`; the other keys are kept and mean nothing to it.
import type { JsonObject, RunPlan } from '@trafficflux/campaigns';
import { invalid, isAbsent } from '../fields/body.ts';
import { toBoolean, toInteger, toNumber } from '../fields/values.ts';

export interface RunConfig
  extends Pick<RunPlan, 'delivery' | 'randomizeTiming' | 'latencyMs' | 'successRate'> {
  /** Null: each run gets its own. */
  readonly seed: number | null;
}

const MAX_SEED = 2 ** 32 - 1;
const MAX_LATENCY_MS = 60_000;
const DEFAULTS: RunConfig = {
  randomizeTiming: true,
  delivery: 'simulated',
  seed: null,
  latencyMs: [50, 500],
  successRate: 0.85,
};

/** @throws {AppError} `bad-request` that names the key */
export function parseRunConfig(config: JsonObject): RunConfig {
  const {
    randomize_timing: randomizeTiming,
    delivery,
    seed,
    simulated_latency_ms: latencyMs,
    simulated_success_rate: successRate,
  } = config;
  return {
    ...DEFAULTS,
    ...(!isAbsent(randomizeTiming) && {
      randomizeTiming: toBoolean('config.randomize_timing', randomizeTiming),
    }),
    ...(!isAbsent(delivery) && { delivery: toDelivery(delivery) }),
    ...(!isAbsent(seed) && { seed: toInteger('config.seed', seed, { least: 0, most: MAX_SEED }) }),
    ...(!isAbsent(latencyMs) && { latencyMs: toLatency(latencyMs) }),
    ...(!isAbsent(successRate) && {
      successRate: toNumber('config.simulated_success_rate', successRate, { least: 0, most: 1 }),
    }),
  };
}

function toDelivery(value: unknown): RunConfig['delivery'] {
  if (value === 'simulated' || value === 'live') return value;
  throw invalid('config.delivery', 'must be "simulated" or "live"');
}

function toLatency(value: unknown): RunConfig['latencyMs'] {
  const [least, most = least, ...more] = [value].flat();
  const isRange = isLatency(least) && isLatency(most) && least <= most && more.length === 0;
  if (isRange) return [least, most];
  throw invalid(
    'config.simulated_latency_ms',
    `must be a number from 0 to ${MAX_LATENCY_MS}, or the least and the most of such`,
  );
}

function isLatency(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_LATENCY_MS;
}
