/** The scenario's own counters, gauges, rates and trends. */
import { formatCount, formatPercent } from '../../../format.ts';
import type { JsonReport } from '../../../json.ts';
import { renderChange } from '../change.ts';
import { html, type Markup, type Part } from '../markup.ts';
import { type Column, renderSection, renderTable, renderTags } from '../table.ts';
import { formatNumber, formatPerSecond } from './outcomes.ts';

type Metric = JsonReport['custom_metrics'][number];
type Kind = Metric['kind'];
type Of<K extends Kind> = Extract<Metric, { kind: K }>;

/** Figures side by side with those of the other run. */
type Compare = <K extends Kind>(metric: Of<K>, read: (each: Of<K>) => number | null) => Part;

export function renderCustomMetrics(report: JsonReport, other: JsonReport | null): Markup | null {
  const { custom_metrics: metrics } = report;
  if (metrics.length === 0) return null;
  const theirs = new Map((other?.custom_metrics ?? []).map((metric) => [toKey(metric), metric]));
  const compare: Compare = (metric, read) => {
    const same = theirs.get(toKey(metric)) as typeof metric | undefined;
    return same && renderChange(read(metric), read(same), 'none');
  };
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
    { title: 'Per second', isFigure: true, cell: ({ perSecond }) => formatPerSecond(perSecond) },
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
        html`${metric.share === null ? '–' : formatPercent(metric.share)}${compare(metric, ({ share }) => share)}`,
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

function toKey({ kind, name, tags }: Metric): string {
  return JSON.stringify([kind, name, Object.entries(tags).sort()]);
}
