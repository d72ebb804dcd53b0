/** What a series tells: a line per seed while it runs, and the sums at its end. */
import type { Queue } from '../arguments.ts';
import type { Recovery } from '../faults/fault.ts';
import { INVARIANTS, type Violation } from '../invariants/violation.ts';
import { percentile } from './percentile.ts';
import type { SeedResult } from './seed.ts';

const COLUMNS = [
  ['seed', 5],
  ['faults', -40],
  ['campaigns', 9],
  ['entries', 7],
  ['missed', 6],
  ['recoveries', 10],
  ['longest', 8],
  ['time', 6],
  ['', 1],
] as const;
/** What is promised of a machine that is not overloaded, in milliseconds. */
const PROMISED = { p95: 5000, max: 10_000 };

export function formatHeading(): string {
  return formatLine(COLUMNS.map(([name]) => name));
}

export function formatSeed(result: SeedResult): string {
  const { seed, faults, campaigns, entries, missed, recoveries, seconds, violations } = result;
  const longest = recoveries.length === 0 ? '–' : toSeconds(Math.max(...recoveries.map(({ ms }) => ms)));
  const verdict = violations.length === 0 ? 'ok' : `${violations.length} VIOLATIONS`;
  const time = `${seconds.toFixed(1)} s`;
  return formatLine([seed, faults, campaigns, entries, missed, recoveries.length, longest, time, verdict]);
}

/** With the command that has the seed again. */
export function formatViolations(seed: number, violations: readonly Violation[], queue: Queue, sha: string) {
  const lines = violations.map(
    ({ invariant, campaignId, sentence }) =>
      `  ${INVARIANTS[invariant]}: ${campaignId === null ? '' : `${campaignId}: `}${sentence}`,
  );
  const flags = queue === 'redis' ? '' : ` --queue ${queue}`;
  return [...lines, `  SEED=${seed} SHA=${sha}`, `  npm run chaos -- --seed ${seed}${flags}`].join('\n');
}

export function formatSummary(results: readonly SeedResult[], ofSeries: readonly Violation[]): string {
  const recoveries = results.flatMap((result) => result.recoveries);
  const violations = results.reduce((sum, result) => sum + result.violations.length, ofSeries.length);
  return [
    formatRecoveries('from a kill -9', recoveries, 'kill'),
    formatRecoveries('from a freeze', recoveries, 'freeze'),
    formatRecoveries('from PostgreSQL being back', recoveries, 'restart'),
    ...ofSeries.map(({ invariant, sentence }) => `${INVARIANTS[invariant]}: ${sentence}`),
    `${results.length} runs, ${violations} violations`,
  ].join('\n');
}

function formatRecoveries(name: string, all: readonly Recovery[], after: Recovery['after']): string {
  const times = all.filter((recovery) => recovery.after === after).map(({ ms }) => ms);
  if (times.length === 0) return `${name} to the next entry: not measured`;
  const [p50, p95, max] = [percentile(times, 0.5), percentile(times, 0.95), Math.max(...times)];
  const isLate = p95 > PROMISED.p95 || max > PROMISED.max;
  const promise = isLate ? ' (more than the 5 s and 10 s that are promised: is the machine overloaded?)' : '';
  return `${name} to the next entry: n=${times.length}, p50 ${toSeconds(p50)}, p95 ${toSeconds(p95)}, max ${toSeconds(max)}${promise}`;
}

function toSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** Columns of a negative width begin at the left. */
function formatLine(cells: readonly (string | number)[]): string {
  return COLUMNS.map(([, width], index) => {
    const text = String(cells[index] ?? '');
    return width < 0 ? text.padEnd(-width) : text.padStart(width);
  }).join('  ');
}
