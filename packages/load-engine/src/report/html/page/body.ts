/** The report as a whole: its table of contents, and its sections in that order. */
import type { JsonReport } from '../../json.ts';
import { type Chart, renderFigure, type Size } from './charts/chart.ts';
import { toLatencyCharts } from './charts/latency-charts.ts';
import { toTimeCharts } from './charts/time-charts.ts';
import { html, type Markup } from './markup.ts';
import { renderCards } from './sections/cards.ts';
import { renderChecks, renderCustomMetrics } from './sections/custom-metrics.ts';
import { renderGenerator, renderSettings, renderStarts } from './sections/facts.ts';
import { renderHeadline, renderTime } from './sections/headline.ts';
import { renderErrors, renderEvents, renderThresholds } from './sections/outcomes.ts';
import { renderSteps } from './sections/steps.ts';

/** Where no screen says how large: the page draws them again for its own width. */
const DEFAULT_SIZE: Size = { width: 620, height: 240 };

export function renderBody(report: JsonReport, other: JsonReport | null): Markup {
  const thresholds = renderThresholds(report, other);
  const checks = renderChecks(report, other);
  const metrics = renderCustomMetrics(report, other);
  const events = renderEvents(report);
  const links = [
    ['over-time', 'Over time'],
    ['latency', 'Latency'],
    ['steps', 'Steps'],
    ['errors', 'Errors'],
    thresholds && ['thresholds', 'Thresholds'],
    checks && ['checks', 'Checks'],
    metrics && ['metrics', 'Metrics'],
    events && ['events', 'Events'],
    ['starts', 'Starts'],
    ['settings', 'Settings'],
    ['generator', 'Generator'],
  ].filter((link) => link !== null);
  return html`${renderHeadline(report)}
${other !== null && renderCompared(other)}
${renderCards(report, other)}
<nav class="contents" aria-label="Sections"><ul>${links.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${renderCharts('over-time', 'Over time', toTimeCharts(report, other))}
${renderCharts('latency', 'Latency', toLatencyCharts(report, other))}
${renderSteps(report, other)}
${renderErrors(report, other)}
${thresholds}
${checks}
${metrics}
${events}
<div class="pair"><div>${renderStarts(report, other)}${renderSettings(report, other)}</div>${renderGenerator(report, other)}</div>`;
}

export function listCharts(report: JsonReport, other: JsonReport | null): Chart[] {
  return [...toTimeCharts(report, other), ...toLatencyCharts(report, other)];
}

function renderCharts(id: string, title: string, charts: readonly Chart[]): Markup {
  return html`<section class="charts" id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><div class="figures">${charts.map((chart) => renderFigure(chart, DEFAULT_SIZE))}</div></section>`;
}

function renderCompared({ test_info }: JsonReport): Markup {
  return html`<section class="compared" aria-labelledby="compared-title"><h2 id="compared-title">Compared with <strong>${test_info.name}</strong></h2><p>${test_info.target} ${renderTime(test_info.start_time)}. Changes are from that run to this one; dashed lines are that run.</p><button type="button" data-action="stop-comparing">Stop comparing</button></section>`;
}
