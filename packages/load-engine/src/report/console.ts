/** The summary as text for a terminal: figures per step, percentiles, errors, and what must be known about them. */
import { type ColumnUserConfig, getBorderCharacters, table } from 'table';
import { toClock } from '../durations.ts';
import { renderChecks, renderMetrics, renderThresholds } from './console-measures.ts';
import { formatBytes, formatCount, formatMs, formatPercent, formatRate } from './format.ts';
import { hasPassed, PERCENTILES, type RunSummary, type StepSummary } from './summary.ts';
import { type ConsoleStyle, oneLine, paint } from './terminal-text.ts';

const MIN_NAME_WIDTH = 12;
const MAX_NAME_WIDTH = 48;
/** Between columns. */
const GAP = 1;

/** Several lines, the last one with its line break. */
export function renderSummary(summary: RunSummary, style: ConsoleStyle): string {
  const sections = [
    renderHeadline(summary, style),
    renderFigures(summary, style),
    renderPercentiles(summary, style),
    renderErrors(summary, style),
    renderThresholds(summary, style),
    renderChecks(summary, style),
    renderMetrics(summary),
    renderStarts(summary),
    renderEvents(summary),
    renderTraffic(summary),
    summary.warnings.map((warning) => paint(style, 'yellow', `Warning: ${oneLine(warning)}`)).join('\n'),
    summary.report.map(oneLine).join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function renderHeadline(summary: RunSummary, style: ConsoleStyle): string {
  const { total, exceptions, target } = summary;
  const verdict = hasPassed(summary) ? paint(style, 'green', '✓ passed') : paint(style, 'red', '✗ failed');
  const counts = `${formatCount(total.requests)} requests, ${formatCount(total.failures)} failed (${formatPercent(total.requests === 0 ? 0 : total.failures / total.requests)})`;
  const thrown = exceptions > 0 ? `, ${formatCount(exceptions)} exceptions` : '';
  const where = target === '' ? '' : ` on ${target}`;
  const speed = `${formatRate(total.requestsPerSecond)} requests/s over ${(summary.durationMs / 1000).toFixed(1)} s`;
  const why = {
    duration: '',
    iterations: '',
    interrupted: ', interrupted',
    threshold: ', ended by a threshold',
    crashed: ', broken off',
    unfinished: ', unfinished',
  }[summary.endReason];
  const invalid = summary.verdict.reasons.map((reason) => `\n${paint(style, 'red', `INVALID: ${reason}`)}`);
  return `${paint(style, 'bold', oneLine(summary.name))}${where}\n${verdict}: ${counts}${thrown}, ${speed}${why}${invalid.join('')}`;
}

function renderFigures(summary: RunSummary, style: ConsoleStyle): string {
  const head = ['Step', 'Requests', 'Failed', 'Req/s', 'Min', 'Average', 'Max'];
  const rows = allSteps(summary).map((step) => [
    step.name,
    formatCount(step.requests),
    formatCount(step.failures),
    formatRate(step.requestsPerSecond),
    formatMs(step.minMs),
    formatMs(step.averageMs),
    formatMs(step.maxMs),
  ]);
  return `Requests (times in ms)\n${renderTable([head, ...rows], style)}`;
}

function renderPercentiles(summary: RunSummary, style: ConsoleStyle): string {
  if (summary.total.requests === 0) return '';
  const head = ['Step', ...PERCENTILES.map((percentile) => `${percentile}%`)];
  const rows = allSteps(summary).map((step) => [
    step.name,
    ...PERCENTILES.map((percentile) => formatMs(step.percentilesMs[percentile] ?? null)),
  ]);
  return `Response times: so many percent were answered within (ms)\n${renderTable([head, ...rows], style)}`;
}

function renderErrors(summary: RunSummary, style: ConsoleStyle): string {
  if (summary.errors.length === 0) return '';
  const lines = summary.errors.map(({ count, step, message }) => {
    const line = `${formatCount(count).padStart(8)}  ${oneLine(`${step}: ${message}`)}`;
    return paint(style, 'red', line);
  });
  return `Errors\n${lines.join('\n')}`;
}

function renderTraffic(summary: RunSummary): string {
  const { total, connectionsOpened, users, generator } = summary;
  const plural = (count: number, noun: string): string =>
    `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
  return [
    plural(users, 'user'),
    plural(generator.threads, 'thread'),
    `${plural(connectionsOpened, 'connection')} opened`,
    `${formatBytes(total.bytesSent)} sent`,
    `${formatBytes(total.bytesReceived)} received`,
  ].join(', ');
}

/** What the clock started, and what the waiting for it adds to the times of the server. */
function renderStarts({ starts, total }: RunSummary): string {
  if (starts.planned === null) return '';
  const { planned, started, dropped, latenessP50Ms, latenessP99Ms, latenessMaxMs } = starts;
  return [
    `Starts by the clock: ${formatCount(planned)} planned, ${formatCount(started)} started, ${formatCount(dropped)} dropped`,
    `  late by (ms)   p50 ${formatMs(latenessP50Ms)}   p99 ${formatMs(latenessP99Ms)}   max ${formatMs(latenessMaxMs)}`,
    `  service time, from the actual start (ms)   p50 ${formatMs(total.service.percentilesMs['50'] ?? null)}   p99 ${formatMs(total.service.percentilesMs['99'] ?? null)}   max ${formatMs(total.service.maxMs)}`,
  ].join('\n');
}

function renderEvents({ events }: RunSummary): string {
  return events.map(({ atMs, text }) => `${toClock(atMs).padStart(8)}  ${oneLine(text)}`).join('\n');
}

function allSteps(summary: RunSummary): StepSummary[] {
  return [...summary.steps, summary.total];
}

/** Right-aligned figures beside a name that is wrapped into what room they leave. */
function renderTable(rows: readonly (readonly string[])[], style: ConsoleStyle): string {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length))) ?? [];
  const figures = widths.slice(1).reduce((sum, width) => sum + width + GAP, 0);
  const longest = Math.min(MAX_NAME_WIDTH, widths[0] ?? 0);
  const nameWidth = Math.min(longest, Math.max(MIN_NAME_WIDTH, style.columns - figures));
  const columns: ColumnUserConfig[] = widths.map((width, column) => ({
    alignment: column === 0 ? 'left' : 'right',
    width: column === 0 ? nameWidth : width,
    wrapWord: true,
    paddingLeft: column === 0 ? 0 : GAP,
    paddingRight: 0,
  }));
  const text = table(
    rows.map((row) => row.map(oneLine)),
    {
      columns,
      border: { ...getBorderCharacters('void'), joinBody: '─' },
      drawVerticalLine: () => false,
      drawHorizontalLine: (line, count) => line === 1 || (line === count - 1 && count > 3),
    },
  );
  return text.replace(/\s+$/gm, '');
}
