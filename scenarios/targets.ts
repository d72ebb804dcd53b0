/** The documented performance targets of the books API, and what to do when a run misses them. */
import type { RunSummary } from '@trafficflux/load-engine';

const MEDIAN_IDEAL_MS = 500;
const MEDIAN_LIMIT_MS = 800;
const P95_IDEAL_MS = 1000;
const P95_LIMIT_MS = 2000;
const SATURATED_MS = 5000;
const REMEDIES =
  'Lower the load (smaller -u or -r, a longer pause with --wait), or give the database more room (a larger pool, more cores).';

/** Lines that say whether median and p95 are within the targets, and what helps where they are not. */
export function judge(summary: RunSummary): string[] {
  const median = summary.total.percentilesMs['50'] ?? null;
  const p95 = summary.total.percentilesMs['95'] ?? null;
  if (median === null || p95 === null)
    return ['No response times were measured, so there is nothing to judge.'];
  const lines = [
    `Median ${format(median)}: ${rate(median, MEDIAN_IDEAL_MS, MEDIAN_LIMIT_MS)} (target: below 500–800 ms)`,
    `p95 ${format(p95)}: ${rate(p95, P95_IDEAL_MS, P95_LIMIT_MS)} (target: below 1–2 s)`,
  ];
  if (p95 >= SATURATED_MS)
    lines.push('Times of 5 s and more mean that the API or its database is saturated.');
  const serverErrors = Object.entries(summary.total.statuses).filter(([status]) => status.startsWith('5'));
  if (serverErrors.length > 0) lines.push('Some answers were 5xx: the database pool may be exhausted.');
  if (median >= MEDIAN_LIMIT_MS || p95 >= P95_LIMIT_MS || serverErrors.length > 0) lines.push(REMEDIES);
  return lines;
}

function rate(milliseconds: number, idealMs: number, limitMs: number): string {
  if (milliseconds < idealMs) return 'good';
  return milliseconds < limitMs ? 'acceptable' : 'too slow';
}

function format(milliseconds: number): string {
  return milliseconds < 10 ? `${milliseconds.toFixed(2)} ms` : `${Math.round(milliseconds)} ms`;
}
