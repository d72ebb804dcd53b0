/** The scenario's checks, and its own counters, gauges, rates and trends. */
import { formatCount, formatPercent } from '../../../format.ts';
import type { JsonReport } from '../../../json.ts';
import { renderWas } from '../change.ts';
import { html, type Markup, type Part } from '../markup.ts';
import { type Column, renderSection, renderTable, renderTags } from '../table.ts';
import { formatNumber, formatPerSecond } from './outcomes.ts';

type Metric = JsonReport['custom_metrics'][number];
type Kind = Metric['kind'];
type Of<K extends Kind> = Extract<Metric, { kind: K }>;

/** Figures side by side with those of the other run. */
type Compare = <K extends Kind>(
  metric: Of<K>,
  read: (each: Of<K>) => number | null,
  format?: (value: number) => string,
) => Part;

/** The metric that holds what the checks came to: all of them, and each by its tag `check`. */
const CHECKS = 'checks';

export function renderChecks(report: JsonReport, other: JsonReport | null): Markup | null {
  const checks = report.custom_metrics.filter(
    (metric): metric is Of<'rate'> => isCheck(metric) && metric.kind === 'rate' && 'check' in metric.tags,
  );
  if (checks.length === 0) return null;
  const columns: Column<Of<'rate'>>[] = [
    {
      title: 'Check',
      cell: ({ tags: { check = '', ...others } }) => html`${check}${renderTags(others)}`,
    },
    {
      title: 'Outcome',
      cell: ({ hits, total }) =>
        hits === total
          ? html`<span class="outcome good"><span aria-hidden="true">✓</span> held</span>`
          : html`<span class="outcome bad"><span aria-hidden="true">✗</span> ${formatCount(total - hits)} failed</span>`,
    },
    ...rateColumns(toCompare(other)),
  ];
  return renderSection('checks', 'Checks', '', renderTable('Checks', columns, checks));
}

export function renderCustomMetrics(report: JsonReport, other: JsonReport | null): Markup | null {
  const metrics = report.custom_metrics.filter((metric) => !isCheck(metric));
  if (metrics.length === 0) return null;
  const compare = toCompare(other);
  const of = <K extends Kind>(kind: K) => metrics.filter((metric): metric is Of<K> => metric.kind === kind);
  return renderSection(
    'metrics',
    'Custom metrics',
    '',
    renderKind('Counters', of('counter'), counterColumns(compare)),
    renderKind('Gauges', of('gauge'), gaugeColumns(compare)),
    renderKind('Rates', of('rate'), rateColumns(compare)),
    renderKind('Trends', of('trend'), trendColumns(compare)),
  );
}

function renderKind<K extends Kind>(
  title: string,
  metrics: readonly Of<K>[],
  columns: readonly Column<Of<K>>[],
): Part {
  if (metrics.length === 0) return null;
  const name: Column<Of<K>> = {
    title: 'Name',
    cell: (metric) => html`${metric.name}${renderTags(metric.tags)}`,
  };
  return html`<h3>${title}</h3>${renderTable(title, [name, ...columns], metrics)}`;
}

function counterColumns(compare: Compare): Column<Of<'counter'>>[] {
  return [
    {
      title: 'Sum',
      isFigure: true,
      cell: (metric) => html`${formatNumber(metric.sum)}${compare(metric, ({ sum }) => sum)}`,
    },
    { title: 'Per second', isFigure: true, cell: ({ per_second }) => formatPerSecond(per_second) },
  ];
}

function gaugeColumns(compare: Compare): Column<Of<'gauge'>>[] {
  return [
    {
      title: 'Last',
      isFigure: true,
      cell: (metric) => html`${formatNumber(metric.last)}${compare(metric, ({ last }) => last)}`,
    },
    { title: 'Min', isFigure: true, cell: ({ min }) => formatNumber(min) },
    { title: 'Max', isFigure: true, cell: ({ max }) => formatNumber(max) },
  ];
}

function rateColumns(compare: Compare): Column<Of<'rate'>>[] {
  return [
    {
      title: 'Share',
      isFigure: true,
      cell: (metric) =>
        html`${metric.share === null ? '–' : formatPercent(metric.share)}${compare(metric, ({ share }) => share, formatPercent)}`,
    },
    { title: 'Hits', isFigure: true, cell: ({ hits }) => formatCount(hits) },
    { title: 'Of', isFigure: true, cell: ({ total }) => formatCount(total) },
  ];
}

function trendColumns(compare: Compare): Column<Of<'trend'>>[] {
  const percentiles = ['50', '90', '95', '99'].map((name) => ({
    title: `P${name}`,
    isFigure: true,
    cell: (metric: Of<'trend'>) =>
      html`${formatNumber(metric.percentiles[name] ?? null)}${compare(metric, (each) => each.percentiles[name] ?? null)}`,
  }));
  return [
    { title: 'Count', isFigure: true, cell: ({ count }) => formatCount(count) },
    { title: 'Min', isFigure: true, cell: ({ min }) => formatNumber(min) },
    {
      title: 'Average',
      isFigure: true,
      cell: (metric) => html`${formatNumber(metric.average)}${compare(metric, ({ average }) => average)}`,
    },
    ...percentiles,
    { title: 'Max', isFigure: true, cell: ({ max }) => formatNumber(max) },
  ];
}

function isCheck({ name }: Metric): boolean {
  return name === CHECKS;
}

function toCompare(other: JsonReport | null): Compare {
  const theirs = new Map((other?.custom_metrics ?? []).map((metric) => [toKey(metric), metric]));
  return (metric, read, format = formatNumber) => {
    const same = theirs.get(toKey(metric)) as typeof metric | undefined;
    return same && renderWas(read(metric), read(same), 'none', format);
  };
}

function toKey({ kind, name, tags }: Metric): string {
  return JSON.stringify([kind, name, Object.entries(tags).sort()]);
}
