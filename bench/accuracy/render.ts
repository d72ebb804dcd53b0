/** The figures as tables; medians where there were several rounds. */

import { percentile } from '../percentile.ts';
import { median, toTable } from '../report.ts';
import type { AccuracyCase } from './cases.ts';
import { PERCENTS, type Truth } from './clients.ts';
import type { Outcome } from './measure.ts';
import { timesByClock } from './truth.ts';

/** Of each case, by the name of the client: a run for each round. */
export type Results = ReadonlyMap<AccuracyCase, ReadonlyMap<string, readonly Outcome[]>>;

const TRUTHS: Readonly<Record<Truth, string>> = {
  plan: 'its plan',
  clock: 'the clock',
  held: 'what was held',
};

export function render(results: Results, seconds: number): string {
  return [
    ...[...results].filter(([one]) => one.showsTimes).map(([one, runs]) => renderTimes(one, runs, seconds)),
    ...renderGaps(results),
    ...renderVerdicts(results),
  ].join('\n\n');
}

function renderTimes(
  one: AccuracyCase,
  runs: ReadonlyMap<string, readonly Outcome[]>,
  seconds: number,
): string {
  const head = [
    'client',
    'against',
    ...PERCENTS.map((percent) => (percent === 100 ? 'max' : `p${percent}`)),
    'counted',
    'arrived',
  ];
  const planned = Math.round(one.ratePerSecond * seconds);
  const truth = timesByClock(one.behaviour, one.ratePerSecond, planned);
  const trueRow = [
    'truth by the clock',
    '',
    ...PERCENTS.map((percent) => toMs(percentile(truth, percent))),
    toCount(planned),
    '',
  ];
  const rows = [...runs].flatMap(([client, outcomes]) => toRows(client, outcomes));
  const late = median([...runs.values()].flat().map(({ serverLateMs }) => serverLateMs));
  return `${one.title}. The server itself was late by ${toMs(late)} ms (p99).\n\n${toTable(head, [trueRow, ...rows])}`;
}

/** A row for each measure of a client: what it said, and how far that was from the truth. */
function toRows(client: string, outcomes: readonly Outcome[]): string[][] {
  const [first] = outcomes;
  return (first?.comparisons ?? []).map(({ name, against }, index) => [
    [client, name].filter(Boolean).join(', '),
    TRUTHS[against],
    ...PERCENTS.map((_, place) => toCell(outcomes, index, place)),
    toCount(median(outcomes.map(({ requests }) => requests))),
    toCount(median(outcomes.map(({ arrived }) => arrived))),
  ]);
}

function toCell(outcomes: readonly Outcome[], index: number, place: number): string {
  const pairs = outcomes.map(({ comparisons }) => ({
    reportedMs: comparisons[index]?.reportedMs[place] ?? Number.NaN,
    trueMs: comparisons[index]?.trueMs[place] ?? Number.NaN,
  }));
  const errorMs = median(pairs.map(({ reportedMs, trueMs }) => reportedMs - trueMs));
  const share = median(pairs.map(({ reportedMs, trueMs }) => (reportedMs - trueMs) / trueMs));
  if (Number.isNaN(errorMs)) return '–';
  const reported = toMs(median(pairs.map(({ reportedMs }) => reportedMs)));
  return `${reported} (${toSigned(errorMs, toMs)}, ${toSigned(100 * share, toShort)} %)`;
}

function renderGaps(results: Results): string[] {
  const rows = [...results]
    .filter(([one]) => one.showsGaps)
    .flatMap(([one, runs]) =>
      [...runs].flatMap(([client, outcomes]) => {
        const gaps = outcomes.flatMap((outcome) => outcome.gaps ?? []);
        // Users in loops have no gaps to keep.
        if (gaps.length === 0 || client.endsWith('in loops')) return [];
        const loops = one.busyLoops > 0 ? `, ${one.busyLoops} busy loops` : '';
        return [
          [
            `${one.ratePerSecond.toLocaleString('en')}/s, ${client}${loops}`,
            toMs(1000 / one.ratePerSecond),
            toMs(median(gaps.map(({ smallestMs }) => smallestMs))),
            toMs(median(gaps.map(({ largestMs }) => largestMs))),
            toMs(median(gaps.map(({ p99OffMs }) => p99OffMs))),
            toCount(median(outcomes.map(({ requests }) => requests))),
            toCount(median(outcomes.map(({ arrived }) => arrived))),
          ],
        ];
      }),
    );
  const head = ['gaps between arrivals', 'even ms', 'smallest', 'largest', 'p99 off', 'counted', 'arrived'];
  return rows.length === 0 ? [] : [`How evenly requests arrive, in ms:\n\n${toTable(head, rows)}`];
}

/** What our engine says of its own runs. */
function renderVerdicts(results: Results): string[] {
  const lines = [...results].flatMap(([one, runs]) =>
    [...runs].flatMap(([client, outcomes]) => {
      const verdicts = outcomes.flatMap(({ verdict }) => verdict ?? []);
      if (verdicts.length === 0) return [];
      const invalid = verdicts.filter(({ valid }) => !valid);
      const told =
        invalid.length === 0
          ? 'VALID'
          : `INVALID in ${invalid.length} of ${verdicts.length} (${invalid[0]?.reasons.join(' ')})`;
      return [`- ${one.title}; ${client}: ${told}`];
    }),
  );
  return lines.length === 0 ? [] : [`The verdicts of our engine on itself:\n\n${lines.join('\n')}`];
}

function toSigned(value: number, format: (size: number) => string): string {
  const text = format(Math.abs(value));
  return `${value < 0 && Number(text.replaceAll(',', '')) !== 0 ? '−' : '+'}${text}`;
}

/** Three digits, and no more than hundredths. */
function toMs(ms: number): string {
  return ms >= 1000 ? toCount(ms) : ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2);
}

function toShort(value: number): string {
  return value.toFixed(value >= 10 ? 0 : 1);
}

function toCount(value: number): string {
  return Math.round(value).toLocaleString('en');
}
