/** What is measured: servers that behave in a known way, and the rate at which they are asked. */
import type { Load } from './clients.ts';
import { type Behaviour, type LatencyModel, meanLatencyMs } from './latency.ts';

export interface AccuracyCase {
  readonly name: string;
  readonly title: string;
  readonly behaviour: Behaviour;
  readonly ratePerSecond: number;
  /** Beside the client, on its core. */
  readonly busyLoops: number;
  readonly clients: 'all' | 'paced' | 'ours';
  /** Its table of times: at 20 per second there are too few for percentiles, and only the gaps are shown. */
  readonly showsTimes: boolean;
  readonly showsGaps: boolean;
}

const [SEED, FAST_RATE, SLOW_RATE] = [7, 1000, 20];
const STALL_MS = 2000;
/** Beyond what a rate needs on average, for what is slower than that. */
const SPARE_USERS = 200;

const constant: LatencyModel = { kind: 'constant', ms: 10 };
const basics = {
  ratePerSecond: FAST_RATE,
  busyLoops: 0,
  clients: 'all',
  showsTimes: true,
  showsGaps: false,
} as const;

/** Each server has a mean of 10 ms or near it, so that ten clients in loops make about the same rate. */
export function listCases(seconds: number, heavyLoops: number): AccuracyCase[] {
  return [
    {
      ...basics,
      name: 'constant',
      title: 'Constant: 10 ms',
      behaviour: { latency: constant, stall: null },
      showsGaps: true,
    },
    {
      ...basics,
      name: 'bimodal',
      title: 'Bimodal: 5 ms, and 55 ms for one of ten',
      behaviour: {
        latency: { kind: 'bimodal', fastMs: 5, slowMs: 55, slowShare: 0.1, seed: SEED },
        stall: null,
      },
    },
    {
      ...basics,
      name: 'log-normal',
      title: 'Log-normal: a median of 8 ms, σ 0.67',
      behaviour: { latency: { kind: 'log-normal', medianMs: 8, sigma: 0.67, seed: SEED }, stall: null },
    },
    {
      ...basics,
      name: 'stall',
      title: `Stall: 10 ms, but from ${Number((0.4 * seconds).toFixed(3))} s on nothing for 2 s, and then all`,
      behaviour: { latency: constant, stall: { afterMs: 400 * seconds, durationMs: STALL_MS } },
    },
    {
      ...basics,
      name: 'slow',
      title: 'Constant: 10 ms, 20 per second',
      behaviour: { latency: constant, stall: null },
      ratePerSecond: SLOW_RATE,
      clients: 'paced',
      showsTimes: false,
      showsGaps: true,
    },
    {
      ...basics,
      name: 'loaded',
      title: `Constant: 10 ms, and ${heavyLoops} busy loops on the core of the client`,
      behaviour: { latency: constant, stall: null },
      busyLoops: heavyLoops,
      clients: 'ours',
      showsGaps: true,
    },
  ];
}

export function toLoad({ behaviour, ratePerSecond }: AccuracyCase, url: string, seconds: number): Load {
  const meanMs = meanLatencyMs(behaviour.latency);
  const users = Math.max(1, Math.round((ratePerSecond * meanMs) / 1000));
  const waiting = ((behaviour.stall?.durationMs ?? 0) * ratePerSecond) / 1000;
  return { url, ratePerSecond, seconds, users, maxUsers: waiting + SPARE_USERS };
}
