// Reports to look at: of real runs, and what a real one becomes with other figures in it.
import { type JsonReport, startLoad, toJsonReport } from '../../../src/index.ts';
import { startCountingServer } from '../../counting-server.ts';

/** A run of 60 requests, of which 12 are answered with 503. */
export async function makeReport(): Promise<JsonReport> {
  const server = await startCountingServer((_, response, number) => {
    response.statusCode = number % 5 === 0 ? 503 : 200;
    response.end('ok');
  });
  const run = await startLoad({ url: `${server.url}/books`, users: 3, iterations: 60, workerThreads: 1 });
  return toJsonReport(await run.finished, run.progress);
}

/** Of a run that nobody answered before it ended. */
export function toEmptyReport(report: JsonReport): JsonReport {
  const nothing = Object.fromEntries(
    Object.keys(report.final_metrics.percentiles_ms).map((key) => [key, null]),
  );
  const times = { min_ms: null, avg_ms: null, max_ms: null, percentiles_ms: nothing };
  return {
    ...report,
    progress: [],
    steps: [],
    distribution: [],
    errors: [],
    iteration_times: times,
    final_metrics: {
      ...report.final_metrics,
      total_requests: 0,
      successful_requests: 0,
      failed_requests: 0,
      requests_per_second: 0,
      avg_response_time_ms: null,
      min_response_time_us: null,
      max_response_time_us: null,
      p95_us: null,
      p99_us: null,
      percentiles_ms: nothing,
      statuses: {},
      service_times: times,
    },
  };
}

/** 500 steps and 600 points of a run that was paused and scaled. */
export function toLargeReport(report: JsonReport): JsonReport {
  const [step] = report.steps;
  const [first] = report.progress;
  if (!step || !first) throw new Error('expected a report with a step and a point');
  return {
    ...report,
    test_info: { ...report.test_info, duration_seconds: 300 },
    steps: Array.from({ length: 500 }, (_, index) => ({
      ...step,
      name: `GET /books/${index}`,
      total_requests: index * 3,
      tags: { shelf: `s${index % 4}` },
    })),
    progress: Array.from({ length: 600 }, (_, index) => ({ ...first, elapsed_time: (index + 1) / 2 })),
    events: [
      { elapsed_time: 60, kind: 'scaled', text: 'Scaled to 200 %.' },
      { elapsed_time: 100, kind: 'paused', text: 'Paused.' },
      { elapsed_time: 130, kind: 'resumed', text: 'Resumed.' },
    ],
  };
}
