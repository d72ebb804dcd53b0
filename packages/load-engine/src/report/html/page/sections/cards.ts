/** The ten figures that everybody looks at first. */
import { formatCount, formatMs, formatPercent, formatRate } from '../../../format.ts';
import type { JsonReport } from '../../../json.ts';
import { renderWas, type Wish } from '../change.ts';
import { formatElapsed } from '../charts/axis.ts';
import { html, type Markup } from '../markup.ts';

interface Card {
  readonly label: string;
  readonly unit: string;
  readonly wish: Wish;
  readonly isMain?: boolean;
  read(report: JsonReport): number | null;
  format(value: number): string;
}

const percentile =
  (name: string) =>
  ({ final_metrics }: JsonReport): number | null =>
    final_metrics.percentiles_ms[name] ?? null;

const CARDS: readonly Card[] = [
  {
    label: 'Total requests',
    unit: '',
    wish: 'none',
    read: ({ final_metrics }) => final_metrics.total_requests,
    format: formatCount,
  },
  { label: 'Success rate', unit: '', wish: 'higher', read: toSuccessRate, format: formatPercent },
  {
    label: 'Requests per second',
    unit: '/s',
    wish: 'higher',
    read: ({ final_metrics }) => final_metrics.requests_per_second,
    format: formatRate,
  },
  {
    label: 'Failed',
    unit: '',
    wish: 'lower',
    read: ({ final_metrics }) => final_metrics.failed_requests,
    format: formatCount,
  },
  {
    label: 'Duration',
    unit: '',
    wish: 'none',
    read: ({ test_info }) => test_info.duration_seconds,
    format: formatElapsed,
  },
  {
    label: 'Average',
    unit: 'ms',
    wish: 'lower',
    read: ({ final_metrics }) => final_metrics.avg_response_time_ms,
    format: formatMs,
  },
  { label: 'P50', unit: 'ms', wish: 'lower', read: percentile('50'), format: formatMs },
  { label: 'P95', unit: 'ms', wish: 'lower', read: percentile('95'), format: formatMs },
  { label: 'P99', unit: 'ms', wish: 'lower', read: percentile('99'), format: formatMs },
  { label: 'Users', unit: '', wish: 'none', read: ({ test_info }) => test_info.users, format: formatCount },
];

export function renderCards(report: JsonReport, other: JsonReport | null): Markup {
  return html`<section class="summary" id="summary" aria-labelledby="summary-title"><h2 id="summary-title" class="unseen">Summary</h2><dl class="cards">${CARDS.map((card) => renderCard(card, report, other))}</dl></section>`;
}

function renderCard(
  { label, unit, wish, read, format }: Card,
  report: JsonReport,
  other: JsonReport | null,
): Markup {
  const mine = read(report);
  const theirs = other === null ? null : read(other);
  const figure = (value: number) =>
    html`${format(value)}${unit !== '' && html`<span class="unit"> ${unit}</span>`}`;
  return html`<div class="card"><dt>${label}</dt><dd><span class="figure">${mine === null ? '–' : figure(mine)}</span>${
    other !== null && renderWas(mine, theirs, wish, figure)
  }</dd></div>`;
}

function toSuccessRate({ final_metrics }: JsonReport): number | null {
  const { successful_requests, total_requests } = final_metrics;
  return total_requests === 0 ? null : successful_requests / total_requests;
}
