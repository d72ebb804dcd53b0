/** The figures of a test on the console. */
import { formatCount, formatMs, formatPercent, formatRate } from '../report/format.ts';
import { BaseReporter, type ReportedMetrics } from './base-reporter.ts';

const RULE = '='.repeat(50);
/** By the lowest success rate in percent. */
const GRADES = [
  [95, 'EXCELLENT'],
  [90, 'GOOD'],
  [80, 'FAIR'],
] as const;

/** Where lines go to: stdout, unless somebody says otherwise. */
export interface TextOutput {
  write(text: string): unknown;
}

export class ConsoleReporter extends BaseReporter {
  readonly #showProgress: boolean;
  readonly #progressInterval: number;
  readonly #output: TextOutput;
  #nextAt = 0;

  /** A line of progress at most every `progressInterval` seconds, if any. */
  constructor(showProgress = true, progressInterval = 10, output: TextOutput = process.stdout) {
    super();
    if (!(progressInterval >= 0))
      throw new RangeError(
        `expected progressInterval to be 0 or more seconds, got ${String(progressInterval)}`,
      );
    this.#showProgress = showProgress;
    this.#progressInterval = progressInterval;
    this.#output = output;
  }

  override startReporting(): void {
    super.startReporting();
    this.#nextAt = this.#progressInterval;
    this.#output.write('Load test started\n');
  }

  override reportProgress(elapsed: number, metrics: ReportedMetrics): void {
    if (!this.#showProgress || elapsed < this.#nextAt) return;
    this.#nextAt = elapsed + this.#progressInterval;
    const { totalRequests, failedRequests, requestsPerSecond, avgResponseTimeMs } = metrics;
    const figures = [
      `${elapsed.toFixed(0)} s`,
      `${formatCount(totalRequests ?? 0)} requests`,
      `${formatCount(failedRequests ?? 0)} failed`,
      `${formatRate(requestsPerSecond ?? 0)} requests/s`,
      `average ${formatMs(measured(metrics, avgResponseTimeMs))} ms`,
    ];
    this.#output.write(`${figures.join('  ')}\n`);
  }

  override endReporting(): void {
    super.endReporting();
    const { startedAt, endedAt } = this;
    const seconds =
      startedAt === null || endedAt === null ? '' : ` after ${((endedAt - startedAt) / 1000).toFixed(1)} s`;
    this.#output.write(`Load test ended${seconds}\n`);
  }

  override reportMetrics(metrics: ReportedMetrics): void {
    this.#output.write(renderMetrics(metrics));
  }
}

function renderMetrics(metrics: ReportedMetrics): string {
  const { totalRequests, failedRequests, requestsPerSecond } = metrics;
  const total = totalRequests ?? 0;
  const failed = failedRequests ?? 0;
  const share = total === 0 ? null : (total - failed) / total;
  const toMs = (us: number | null | undefined) =>
    `${formatMs(measured(metrics, us === null || us === undefined ? us : us / 1000))} ms`;
  const lines = [
    ['Total requests', formatCount(total)],
    ['Successful', formatCount(metrics.successfulRequests ?? total - failed)],
    ['Failed', formatCount(failed)],
    ['Success rate', share === null ? '–' : formatPercent(share)],
    ['Requests per second', formatRate(requestsPerSecond ?? 0)],
    ['Average', `${formatMs(measured(metrics, metrics.avgResponseTimeMs))} ms`],
    ['Minimum', toMs(metrics.minResponseTimeUs)],
    ['Maximum', toMs(metrics.maxResponseTimeUs)],
    ['P95', toMs(metrics.p95Us)],
    ['P99', toMs(metrics.p99Us)],
    ['Status', share === null ? 'no requests' : toGrade(share * 100)],
  ];
  const rows = lines.map(([name, value]) => `${`${name}:`.padEnd(22)}${value}`);
  return [RULE, 'Load Test Results', RULE, ...rows, RULE, ''].join('\n');
}

/** What was never measured is 0 in metrics, and must not look like the fastest answer of all. */
function measured({ totalRequests }: ReportedMetrics, value: number | null | undefined): number | null {
  return (totalRequests ?? 0) > 0 && Number.isFinite(value) ? (value ?? null) : null;
}

function toGrade(percent: number): string {
  return GRADES.find(([lowest]) => percent >= lowest)?.[1] ?? 'POOR';
}
