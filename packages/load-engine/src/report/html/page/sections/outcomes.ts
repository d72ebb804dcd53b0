/** Errors, thresholds, events, and the scenario's own metrics. */
import { formatCount, formatPercent, formatRate } from '../../../format.ts';
import type { JsonReport } from '../../../json.ts';
import { renderWas } from '../change.ts';
import { formatElapsed } from '../charts/axis.ts';
import { html, type Markup } from '../markup.ts';
import { type Column, renderSection, renderTable } from '../table.ts';

interface ErrorRow {
  readonly step: string;
  readonly kind: string;
  readonly message: string;
  readonly count: number;
  readonly theirs: number | null;
}

export function renderErrors(report: JsonReport, other: JsonReport | null): Markup {
  const rows = toErrorRows(report, other);
  if (rows.length === 0)
    return renderSection('errors', 'Errors', '', html`<p class="nothing">Nothing failed.</p>`);
  const columns: Column<ErrorRow>[] = [
    { title: 'Message', cell: ({ message }) => html`<code>${message}</code>` },
    {
      title: 'Count',
      isFigure: true,
      cell: ({ count, theirs }) =>
        html`${formatCount(count)}${other !== null && renderWas(count, theirs, 'lower', formatCount)}`,
    },
    {
      title: 'Of all requests',
      isFigure: true,
      cell: ({ count }) => formatPercent(count / Math.max(1, report.final_metrics.total_requests)),
    },
    {
      title: 'Step',
      cell: ({ step, kind }) =>
        html`${step}${kind === 'exception' && html` <span class="tag">exception</span>`}`,
    },
  ];
  return renderSection('errors', 'Errors', '', renderTable('Errors', columns, rows));
}

function toErrorRows(report: JsonReport, other: JsonReport | null): ErrorRow[] {
  const key = ({ step, kind, message }: JsonReport['errors'][number]) =>
    JSON.stringify([step, kind, message]);
  const theirs = new Map((other?.errors ?? []).map((error) => [key(error), error]));
  const rows = report.errors.map((error): ErrorRow => {
    const same = theirs.get(key(error));
    theirs.delete(key(error));
    return { ...error, theirs: other === null ? null : (same?.count ?? 0) };
  });
  return [...rows, ...[...theirs.values()].map((error) => ({ ...error, count: 0, theirs: error.count }))];
}

type Threshold = JsonReport['thresholds'][number];

const OUTCOMES = {
  passed: html`<span class="outcome good"><span aria-hidden="true">✓</span> kept</span>`,
  failed: html`<span class="outcome bad"><span aria-hidden="true">✗</span> crossed</span>`,
  'no-data': html`<span class="outcome bad"><span aria-hidden="true">?</span> no data</span>`,
};

export function renderThresholds(report: JsonReport, other: JsonReport | null): Markup | null {
  const { thresholds } = report;
  if (thresholds.length === 0) return null;
  const theirs = new Map(
    (other?.thresholds ?? []).map((each) => [`${each.metric} ${each.expression}`, each]),
  );
  const columns: Column<Threshold>[] = [
    { title: 'Threshold', cell: ({ metric, expression }) => html`<code>${metric}: ${expression}</code>` },
    {
      title: 'Outcome',
      cell: ({ outcome, aborted }) => html`${OUTCOMES[outcome]}${aborted && ', ended the run'}`,
    },
    {
      title: 'Observed',
      isFigure: true,
      cell: ({ metric, expression, observed }) =>
        html`${formatNumber(observed)}${
          other !== null &&
          renderWas(observed, theirs.get(`${metric} ${expression}`)?.observed, 'none', formatNumber)
        }`,
    },
  ];
  return renderSection('thresholds', 'Thresholds', '', renderTable('Thresholds', columns, thresholds));
}

export function renderEvents({ events }: JsonReport): Markup | null {
  if (events.length === 0) return null;
  const items = events.map(
    ({ elapsed_time, text }) => html`<li><b class="at">${formatElapsed(elapsed_time)}</b> ${text}</li>`,
  );
  return renderSection('events', 'Events', '', html`<ol class="events">${items}</ol>`);
}

/** A figure whose unit is the scenario's own. */
export function formatNumber(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) >= 1000 ? formatCount(value) : String(Number(value.toPrecision(4)));
}

export function formatPerSecond(value: number): string {
  return `${formatRate(value)} /s`;
}
