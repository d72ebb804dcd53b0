/** The table of steps: response times beside service times, statuses and bytes, to be sorted and filtered. */
import { formatBytes, formatCount, formatMs, formatPercent, formatRate } from '../../../format.ts';
import type { JsonMetrics, JsonReport } from '../../../json.ts';
import { renderWas, type Wish } from '../change.ts';
import { html, type Markup, type Part } from '../markup.ts';
import { renderSection, renderTags } from '../table.ts';

type Step = JsonReport['steps'][number];

interface Figure {
  readonly group: '' | 'Response time, ms' | 'Service time, ms';
  readonly title: string;
  readonly wish: Wish;
  read(step: JsonMetrics): number | null;
  format(value: number | null): string;
}

const count = (value: number | null): string => formatCount(value ?? 0);
const toMs = (us: number | null): number | null => (us === null ? null : us / 1000);
const response = 'Response time, ms';
const service = 'Service time, ms';

const FIGURES: readonly Figure[] = [
  { group: '', title: 'Requests', wish: 'none', read: (step) => step.total_requests, format: count },
  { group: '', title: 'Failed', wish: 'lower', read: (step) => step.failed_requests, format: count },
  {
    group: '',
    title: 'Req/s',
    wish: 'higher',
    read: (step) => step.requests_per_second,
    format: (value) => formatRate(value ?? 0),
  },
  {
    group: response,
    title: 'Min',
    wish: 'lower',
    read: (step) => toMs(step.min_response_time_us),
    format: formatMs,
  },
  {
    group: response,
    title: 'Average',
    wish: 'lower',
    read: (step) => step.avg_response_time_ms,
    format: formatMs,
  },
  ...['50', '95', '99'].map((name) => toPercentile(response, name, (step) => step.percentiles_ms)),
  {
    group: response,
    title: 'Max',
    wish: 'lower',
    read: (step) => toMs(step.max_response_time_us),
    format: formatMs,
  },
  ...['50', '95', '99'].map((name) =>
    toPercentile(service, name, (step) => step.service_times?.percentiles_ms ?? {}),
  ),
];

/** So many tags have buttons; the text filter finds all of them. */
const MOST_TAGS = 16;

function toPercentile(
  group: Figure['group'],
  name: string,
  read: (step: JsonMetrics) => JsonMetrics['percentiles_ms'],
): Figure {
  return {
    group,
    title: `P${name}`,
    wish: 'lower',
    read: (step) => read(step)[name] ?? null,
    format: formatMs,
  };
}

export function renderSteps(report: JsonReport, other: JsonReport | null): Markup {
  const { steps, final_metrics } = report;
  const note =
    'Response times count from the intended start of a request, service times from the actual one: what lies between is waiting.';
  if (steps.length === 0)
    return renderSection('steps', 'Steps', note, html`<p class="nothing">No request was made.</p>`);
  const others = new Map((other?.steps ?? []).map((step) => [toKey(step), step]));
  const rows = steps.map((step) =>
    renderRow(step, other === null ? null : (others.get(toKey(step)) ?? 'missing')),
  );
  return renderSection(
    'steps',
    'Steps',
    note,
    steps.length > 1 && renderControls(steps),
    html`<div class="scroll tall" tabindex="0" role="region" aria-label="Figures by step"><table class="steps">
${renderHead(steps.length > 1)}
<tbody>${rows}</tbody>
<tfoot><tr class="all"><th scope="row">All steps</th>${renderFigures(final_metrics, other?.final_metrics ?? null)}</tr></tfoot>
</table></div>`,
    other !== null && renderOnlyThere(steps, other),
  );
}

function renderControls(steps: readonly Step[]): Markup {
  const tags = [
    ...new Set(steps.flatMap(({ tags }) => Object.entries(tags).map(([key, value]) => `${key}=${value}`))),
  ];
  return html`<div class="controls scripted-only"><label>Find <input type="search" id="step-filter" placeholder="name or tag" autocomplete="off" spellcheck="false"></label>
${
  tags.length > 0 &&
  html`<div class="tags" role="group" aria-label="Only steps with these tags">${tags
    .sort()
    .slice(0, MOST_TAGS)
    .map(
      (tag) => html`<button type="button" class="tag" aria-pressed="false" data-tag="${tag}">${tag}</button>`,
    )}</div>`
}
<output id="step-count" for="step-filter">${formatCount(steps.length)} steps</output></div>`;
}

function renderHead(isSortable: boolean): Markup {
  const title = (text: string) =>
    isSortable ? html`<button type="button" class="sort">${text}</button>` : text;
  const span = (group: string) => FIGURES.filter((figure) => figure.group === group).length;
  return html`<thead><tr class="groups"><td></td><td colspan="${span('')}"></td><th scope="colgroup" colspan="${span(response)}">${response}</th><th scope="colgroup" colspan="${span(service)}">${service}</th><td colspan="3"></td></tr>
<tr><th scope="col">${title('Step')}</th>${FIGURES.map((figure) => html`<th scope="col" class="figure">${title(figure.title)}</th>`)}<th scope="col">Statuses</th><th scope="col" class="figure">${title('Received')}</th><th scope="col" class="figure">${title('Sent')}</th></tr></thead>`;
}

function renderRow(step: Step, other: Step | 'missing' | null): Markup {
  const tags = Object.entries(step.tags ?? {}).map(([key, value]) => `${key}=${value}`);
  return html`<tr data-find="${[step.name, ...tags].join(' ').toLowerCase()}" data-tags="${JSON.stringify(tags)}"><th scope="row" data-value="${step.name}">${step.name}${renderTags(step.tags ?? {})}${
    other === 'missing' && html` <span class="tag new">only in this run</span>`
  }</th>${renderFigures(step, other === 'missing' ? null : other)}</tr>
`;
}

function renderFigures(step: JsonMetrics, other: JsonMetrics | null): Part {
  const cells = FIGURES.map(({ title, wish, read, format }) => {
    const value = read(step);
    const isFailing = title === 'Failed' && (value ?? 0) > 0;
    const share =
      isFailing &&
      html`<span class="change">${formatPercent((value ?? 0) / Math.max(1, step.total_requests))}</span>`;
    return html`<td class="figure ${isFailing && 'failing'}" data-value="${value}">${format(value)}${other === null ? share : renderWas(value, read(other), wish, format)}</td>`;
  });
  return [
    cells,
    html`<td class="statuses">${renderStatuses(step.statuses)}</td>`,
    html`<td class="figure" data-value="${step.bytes_received}">${formatBytes(step.bytes_received)}</td>`,
    html`<td class="figure" data-value="${step.bytes_sent}">${formatBytes(step.bytes_sent)}</td>`,
  ];
}

const STATUS_NAMES: Readonly<Record<string, string>> = { none: 'no response', other: 'others' };

function renderStatuses(statuses: Readonly<Record<string, number>>): Markup {
  const entries = Object.entries(statuses).sort(([, left], [, right]) => right - left);
  return html`${entries.map(([status, requests]) => html`<span class="status status-${/^[1-5]\d\d$/.test(status) ? status.charAt(0) : 'none'}"><b>${STATUS_NAMES[status] ?? status}</b> ${formatCount(requests)}</span> `)}`;
}

function renderOnlyThere(steps: readonly Step[], other: JsonReport): Part {
  const here = new Set(steps.map(toKey));
  const missing = other.steps.filter((step) => !here.has(toKey(step)));
  if (missing.length === 0) return null;
  const list = missing.map((step) => html`<li>${step.name}${renderTags(step.tags ?? {})}</li>`);
  return html`<details><summary>${formatCount(missing.length)} ${missing.length === 1 ? 'step' : 'steps'} only in the compared run</summary><ul>${list}</ul></details>`;
}

function toKey({ name, tags }: Step): string {
  return JSON.stringify([name, Object.entries(tags ?? {}).sort()]);
}
