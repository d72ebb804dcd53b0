/** Thresholds, checks and the scenario's own metrics as text for a terminal. */
import { describeResult } from '../checks/thresholds.ts';
import type { CustomMetricSummary } from '../record/custom-metric-summary.ts';
import { CHECKS } from '../record/custom-metrics.ts';
import { formatCount, formatPercent, formatRate } from './format.ts';
import type { RunSummary } from './summary.ts';
import { type ConsoleStyle, oneLine, paint } from './terminal-text.ts';

export function renderThresholds({ thresholds }: RunSummary, style: ConsoleStyle): string {
  const lines = thresholds.map((result) => {
    const end = result.aborted ? ' (it ended the run)' : '';
    return toLine(result.outcome === 'passed', `${describeResult(result)}${end}`, style);
  });
  return toSection('Thresholds', lines);
}

export function renderChecks({ metrics }: RunSummary, style: ConsoleStyle): string {
  const checks = metrics.filter(({ name, tags }) => name === CHECKS && Object.keys(tags).length > 0);
  const lines = checks.map((check) => {
    if (check.kind !== 'rate') return '';
    const { check: name = '', ...others } = check.tags;
    const figures = `${formatPercent(check.share ?? 0)} (${formatCount(check.hits)} of ${formatCount(check.total)})`;
    return toLine(check.hits === check.total, `${name}${toTagText(others)}: ${figures}`, style);
  });
  return toSection('Checks', lines);
}

export function renderMetrics({ metrics }: RunSummary): string {
  const own = metrics.filter(({ name }) => name !== CHECKS);
  return toSection(
    'Metrics',
    own.map((metric) => `  ${oneLine(`${metric.name}${toTagText(metric.tags)}: ${toFigures(metric)}`)}`),
  );
}

function toFigures(metric: CustomMetricSummary): string {
  switch (metric.kind) {
    case 'counter':
      return `${formatValue(metric.sum)}, ${formatRate(metric.perSecond)}/s`;
    case 'gauge':
      return `${formatValue(metric.last)}, from ${formatValue(metric.min)} to ${formatValue(metric.max)}`;
    case 'rate':
      return `${metric.share === null ? '–' : formatPercent(metric.share)} (${formatCount(metric.hits)} of ${formatCount(metric.total)})`;
    case 'trend': {
      const { count, min, average, max, percentiles } = metric;
      const figures = Object.entries({ min, average, p50: percentiles['50'], p95: percentiles['95'], max });
      const texts = figures.map(([name, value]) => `${name} ${formatValue(value ?? null)}`);
      return `${formatCount(count)} value${count === 1 ? '' : 's'}, ${texts.join(', ')}`;
    }
  }
}

/** The scenario's numbers in the scenario's units: about four digits, and all of a whole number. */
function formatValue(value: number | null): string {
  if (value === null) return '–';
  if (Number.isInteger(value)) return formatWhole(value);
  return Math.abs(value) < 1000 ? String(Number(value.toPrecision(4))) : formatWhole(value);
}

function formatWhole(value: number): string {
  return Math.abs(value) < 1e15 ? formatCount(value) : value.toExponential(3);
}

function toTagText(tags: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(tags).map(([tag, value]) => `${tag}:${value}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function toLine(holds: boolean, text: string, style: ConsoleStyle): string {
  return `  ${paint(style, holds ? 'green' : 'red', holds ? '✓' : '✗')} ${oneLine(text)}`;
}

function toSection(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.join('\n')}`;
}
