/** The load testers whose figures are held against the truth: how each is called, and what it says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isOnPath } from '../command.ts';

export const PERCENTS = [50, 90, 99, 99.9, 100] as const;

export interface Load {
  readonly url: string;
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** In loops: as many as make about this rate while the server does not stall. */
  readonly users: number;
  /** Who work off a rate: as many as never run out. */
  readonly maxUsers: number;
}

/**
 * What reported times are held against: `plan`, from the planned starts of this client to the answers; `clock`, what the
 * server would have let one wait that starts by the clock; `held`, from arrival to answer.
 */
export type Truth = 'plan' | 'clock' | 'held';

export interface Measure {
  readonly name: string;
  readonly against: Truth;
  /** By PERCENTS; NaN where it says nothing. */
  readonly timesMs: readonly number[];
}

export interface Verdict {
  readonly valid: boolean;
  readonly reasons: readonly string[];
}

export interface Report {
  readonly requests: number;
  readonly failures: number;
  readonly measures: readonly Measure[];
  /** Of those who judge themselves. */
  readonly verdict: Verdict | null;
}

export interface AccuracyClient {
  readonly name: string;
  /** Whether it starts by the clock, rather than when an answer has come. */
  readonly isPaced: boolean;
  readonly missing: string | null;
  command(load: Load, folder: string): string[];
  read(stdout: string, folder: string): Report;
}

const ours = fileURLToPath(new URL('our-client.ts', import.meta.url));
const autocannon = fileURLToPath(import.meta.resolve('autocannon'));
const onPath = (program: string) => (isOnPath(program) ? null : `${program} is not on PATH`);

export const clients: readonly AccuracyClient[] = [
  {
    name: 'loadspiker, by rate',
    isPaced: true,
    missing: null,
    command: ({ url, ratePerSecond: rate, seconds, maxUsers }) =>
      toOurCommand({ url, rate, maxUsers, durationMs: seconds * 1000 }),
    read: (stdout) => {
      const { total, verdict } = JSON.parse(stdout);
      const measures: Measure[] = [
        { name: '', against: 'plan', timesMs: pickOurs(total.percentilesMs) },
        { name: 'service times', against: 'held', timesMs: pickOurs(total.service.percentilesMs) },
      ];
      return { requests: total.requests, failures: total.failures, measures, verdict };
    },
  },
  ...[true, false].map(
    (corrects): AccuracyClient => ({
      name: `autocannon, by rate, ${corrects ? 'corrected' : 'as it is'}`,
      isPaced: true,
      missing: null,
      command: ({ url, ratePerSecond, seconds }) => [
        process.execPath,
        autocannon,
        ...['-c', `${ratePerSecond < 100 ? 10 : 50}`, '-R', `${ratePerSecond}`, '-d', `${seconds}`],
        ...(corrects ? [] : ['-C']),
        ...['--json', '--no-progress', url],
      ],
      read: (stdout) => {
        const { latency, '2xx': requests, non2xx, errors } = JSON.parse(stdout);
        const timesMs = [latency.p50, latency.p90, latency.p99, latency.p99_9, latency.max];
        const measures: Measure[] = [{ name: '', against: 'clock', timesMs }];
        return { requests, failures: non2xx + errors, measures, verdict: null };
      },
    }),
  ),
  {
    name: 'vegeta',
    isPaced: true,
    missing: onPath('vegeta'),
    command: ({ url, ratePerSecond, seconds }, folder) => {
      const file = join(folder, 'results.bin');
      const attack = `echo "GET ${url}" | vegeta attack -rate ${ratePerSecond}/s -duration ${seconds}s -output ${file}`;
      return [
        'sh',
        '-c',
        `${attack} && vegeta report -type json ${file} && vegeta report -type hdrplot ${file}`,
      ];
    },
    read: readVegeta,
  },
  {
    name: 'k6, constant arrival rate',
    isPaced: true,
    missing: onPath('k6'),
    command: (load, folder) => {
      const script = join(folder, 'script.js');
      writeFileSync(script, toK6Script(load));
      const trends = '--summary-trend-stats=med,p(90),p(99),p(99.9),max';
      return [
        ...['k6', 'run', '--quiet', '--no-usage-report', trends],
        ...['--summary-export', join(folder, 'out.json'), script],
      ];
    },
    read: (_stdout, folder) => {
      const { metrics } = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'));
      const { med, 'p(90)': p90, 'p(99)': p99, 'p(99.9)': p999, max } = metrics.http_req_duration;
      const measures: Measure[] = [{ name: '', against: 'plan', timesMs: [med, p90, p99, p999, max] }];
      const { http_reqs, http_req_failed } = metrics;
      return { requests: http_reqs.count, failures: http_req_failed.passes, measures, verdict: null };
    },
  },
  {
    name: 'loadspiker, in loops',
    isPaced: false,
    missing: null,
    command: ({ url, users, seconds }) => toOurCommand({ url, users, durationMs: seconds * 1000 }),
    read: (stdout) => {
      const { total, verdict } = JSON.parse(stdout);
      const measures = toLoopMeasures(pickOurs(total.percentilesMs));
      return { requests: total.requests, failures: total.failures, measures, verdict };
    },
  },
  {
    name: 'wrk, in loops',
    isPaced: false,
    missing: onPath('wrk'),
    command: ({ url, users, seconds }, folder) => {
      const script = join(folder, 'wrk.lua');
      writeFileSync(script, WRK_SCRIPT);
      return ['wrk', '-t1', `-c${users}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, url];
    },
    read: (stdout) => {
      const [requests = 0, failures = 0, ...timesUs] = (stdout.match(/figures:(.*)/)?.[1] ?? '')
        .trim()
        .split(' ')
        .map(Number);
      const measures = toLoopMeasures(timesUs.map((us) => us / 1000));
      return { requests, failures, measures, verdict: null };
    },
  },
];

const WRK_SCRIPT = `done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write("figures: ", string.format("%d %d %d %d %d %d %d", summary.requests, failed,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9), latency.max), "\\n")
end
`;

/** Who asks again when the answer has come sees what the server held, and says it of the clock too. */
function toLoopMeasures(timesMs: readonly number[]): Measure[] {
  return [
    { name: 'of its requests', against: 'held', timesMs },
    { name: 'of its clients', against: 'clock', timesMs },
  ];
}

function toOurCommand(options: Readonly<Record<string, string | number>>): string[] {
  return [process.execPath, ours, JSON.stringify(options)];
}

function pickOurs(percentilesMs: Readonly<Record<string, number>>): number[] {
  return PERCENTS.map((percent) => percentilesMs[percent] ?? Number.NaN);
}

function toK6Script({ url, ratePerSecond, seconds, maxUsers }: Load): string {
  const scenario = {
    executor: 'constant-arrival-rate',
    rate: ratePerSecond,
    timeUnit: '1s',
    duration: `${seconds}s`,
    preAllocatedVUs: maxUsers,
  };
  const options = { discardResponseBodies: true, scenarios: { one: scenario } };
  return `import http from 'k6/http';
export const options = ${JSON.stringify(options)};
export default () => { http.get('${url}'); };
`;
}

/** Its report in JSON knows no p99.9; that for HdrHistogram's plots does. */
export function readVegeta(stdout: string): Report {
  const [json = '', ...plot] = stdout.trim().split('\n');
  const { requests, status_codes, latencies } = JSON.parse(json);
  const rows = plot.map((line) => line.trim().split(/\s+/).map(Number));
  const p999Ms = rows.find(([, share = 0]) => share >= 0.999)?.[0] ?? Number.NaN;
  const [p50, p90, p99, max] = [latencies['50th'], latencies['90th'], latencies['99th'], latencies.max].map(
    (ns) => ns / 1e6,
  );
  const timesMs = [p50, p90, p99, p999Ms, max].map((time) => time ?? Number.NaN);
  const measures: Measure[] = [{ name: '', against: 'plan', timesMs }];
  return { requests, failures: requests - (status_codes['200'] ?? 0), measures, verdict: null };
}
