/**
 * Charts as SVG of our own, drawn by the same code when the report is written and in the page. A chart library in the
 * page (uPlot was the other choice) draws on a canvas: blurred on paper, blank where scripts are forbidden (as CI
 * servers do with reports), deaf to the switch of colours, and one more package for everybody who installs the engine.
 */
import { html, type Markup, type Part } from '../markup.ts';
import type { Axis } from './axis.ts';

/** X and y; null where nothing was measured. */
export type Point = readonly [x: number, y: number | null];

export interface Series {
  readonly name: string;
  /** Of the style sheet: `series-p50`. */
  readonly look: string;
  /** `bars` reach from each point's x to that of the next one. */
  readonly kind: 'line' | 'area' | 'steps' | 'bars';
  /** Of the run that this one is compared with. */
  readonly isOther: boolean;
  readonly points: readonly Point[];
}

export interface Mark {
  readonly at: number;
  readonly text: string;
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  /** What is to be seen, and its unit. */
  readonly note: string;
  /** For those who cannot see it. */
  readonly summary: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly marks: readonly Mark[];
  /** Stretches of x in which the run was paused. */
  readonly pauses: readonly (readonly [from: number, to: number])[];
  describeX(x: number): string;
  describeY(y: number): string;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const MARGIN = { left: 54, right: 14, top: 14, bottom: 26 };
/** What a label of an axis needs. */
const ROOM = { x: 72, y: 44 };

/** Where the plot stands in its picture. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  toX(value: number): number;
  toY(value: number): number;
}

export function layOut(chart: Chart, { width, height }: Size): Plot {
  const [left, right] = [MARGIN.left, width - MARGIN.right];
  const [top, bottom] = [MARGIN.top, height - MARGIN.bottom];
  return {
    left,
    right,
    top,
    bottom,
    toX: (value) => round(left + clamp(chart.x.place(value)) * (right - left)),
    toY: (value) => round(bottom - clamp(chart.y.place(value)) * (bottom - top)),
  };
}

/** The whole figure, with its heading and legend. */
export function renderFigure(chart: Chart, size: Size): Markup {
  const isEmpty = chart.series.every(({ points }) => points.every(([, y]) => y === null));
  return html`<figure class="chart" id="${chart.id}">
<figcaption><h3>${chart.title}</h3><p class="note">${chart.note}</p>${isEmpty ? null : renderLegend(chart)}</figcaption>
${
  isEmpty
    ? html`<p class="nothing plot">Nothing was measured here.</p>`
    : html`<div class="plot" tabindex="0" role="group" aria-label="${chart.summary} Arrow keys move along the chart." data-chart="${chart.id}">${renderPlot(chart, size)}<div class="cursor" aria-live="polite" hidden></div></div>`
}
</figure>`;
}

export function renderPlot(chart: Chart, size: Size): Markup {
  const plot = layOut(chart, size);
  return html`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${chart.summary}">
${chart.pauses.map(([from, to]) => renderPause(plot, from, to))}
${renderGrid(chart, plot)}
${chart.series.map((series) => renderSeries(series, plot))}
${chart.marks.map((mark) => renderMark(mark, plot))}
<line class="axis" x1="${plot.left}" x2="${plot.right}" y1="${plot.bottom}" y2="${plot.bottom}"/>
<g class="pointer"></g>
</svg>`;
}

function renderLegend({ series, pauses, marks }: Chart): Markup {
  const own = series.filter(({ isOther }) => !isOther);
  const entries = own.map(({ name, look, kind }) =>
    renderSample(
      name,
      kind === 'bars'
        ? html`<rect class="bars ${look}" x="1" y="1" width="20" height="8"/>`
        : html`<line class="line ${look}" x1="1" x2="21" y1="5" y2="5"/>`,
    ),
  );
  const other = renderSample(
    'compared run',
    html`<line class="line series-other other" x1="1" x2="21" y1="5" y2="5"/>`,
  );
  const pause = renderSample('paused', html`<rect class="pause" x="1" y="0" width="20" height="10"/>`);
  const mark = renderSample('event', html`<path class="flag" d="M7 1h8l-4 7z"/>`);
  return html`<ul class="legend">${entries}${own.length < series.length && other}${pauses.length > 0 && pause}${marks.length > 0 && mark}</ul>`;
}

function renderSample(name: string, shape: Markup): Markup {
  return html`<li><svg class="sample" viewBox="0 0 22 10" aria-hidden="true">${shape}</svg>${name}</li>`;
}

function renderGrid({ x, y }: Chart, { left, right, top, bottom, toX, toY }: Plot): Markup {
  const rows = y.ticks(Math.max(2, Math.floor((bottom - top) / ROOM.y)));
  const columns = x.ticks(Math.max(2, Math.floor((right - left) / ROOM.x)));
  return html`<g class="grid">${rows.map(
    ({ at, label }) =>
      html`<line x1="${left}" x2="${right}" y1="${toY(at)}" y2="${toY(at)}"/><text x="${left - 8}" y="${toY(at)}" dy="0.32em" text-anchor="end">${label}</text>`,
  )}${columns.map(({ at, label }) => renderColumn(toX(at), label, left, right, bottom))}</g>`;
}

/** Labels at the edges would be cut off in the middle. */
function renderColumn(x: number, label: string, left: number, right: number, bottom: number): Markup {
  const anchor = x > right - 20 ? 'end' : x < left + 4 ? 'start' : 'middle';
  const place = anchor === 'end' ? Math.min(x, right) : x;
  return html`<line class="tick" x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 4}"/><text x="${place}" y="${bottom + 18}" text-anchor="${anchor}">${label}</text>`;
}

function renderSeries(series: Series, plot: Plot): Part {
  const { kind, look, isOther, points } = series;
  const other = isOther ? 'other' : '';
  if (kind === 'bars') {
    return isOther
      ? html`<path class="line ${look} other" d="${toOutline(points, plot)}"/>`
      : html`<path class="bars ${look}" d="${toBars(points, plot)}"/>`;
  }
  const runs = toRuns(points);
  const lines = runs.map((run) => toPath(run, plot, kind === 'steps'));
  const isFilled = kind !== 'line' && !isOther;
  return [
    isFilled &&
      runs.map(
        (run, index) => html`<path class="area ${look}" d="${closePath(lines[index] ?? '', run, plot)}"/>`,
      ),
    html`<path class="line ${look} ${other}" d="${lines.join('')}"/>`,
    runs
      .filter((run) => run.length === 1)
      .map(
        ([point]) =>
          point &&
          html`<circle class="dot ${look}" cx="${plot.toX(point[0])}" cy="${plot.toY(point[1])}" r="3"/>`,
      ),
  ];
}

type Measured = readonly [x: number, y: number];

/** A line breaks where nothing was measured. */
function toRuns(points: readonly Point[]): Measured[][] {
  const runs: Measured[][] = [];
  let isOpen = false;
  for (const [x, y] of points) {
    if (y === null) {
      isOpen = false;
      continue;
    }
    if (!isOpen) runs.push([]);
    runs.at(-1)?.push([x, y]);
    isOpen = true;
  }
  return runs;
}

function toPath(run: readonly Measured[], { toX, toY }: Plot, isStepped: boolean): string {
  return run
    .map(([x, y], index) => {
      if (index === 0) return `M${toX(x)} ${toY(y)}`;
      return isStepped ? `H${toX(x)}V${toY(y)}` : `L${toX(x)} ${toY(y)}`;
    })
    .join('');
}

function closePath(path: string, run: readonly Measured[], { toX, bottom }: Plot): string {
  const [first, last] = [run[0], run.at(-1)];
  return first && last ? `${path}V${bottom}H${toX(first[0])}Z` : '';
}

function toBars(points: readonly Point[], { toX, toY, bottom }: Plot): string {
  return points
    .map(([x, y], index) => {
      const next = points[index + 1];
      if (y === null || y === 0 || !next) return '';
      const gap = toX(next[0]) - toX(x) > 4 ? 1 : 0;
      return `M${toX(x)} ${bottom}V${Math.min(toY(y), bottom - 1)}H${round(toX(next[0]) - gap)}V${bottom}Z`;
    })
    .join('');
}

/** Of bars, so that those of the other run hide nothing. */
function toOutline(points: readonly Point[], { toX, toY, bottom }: Plot): string {
  const [first] = points;
  if (!first) return '';
  const steps = points.slice(1).map(([x], index) => `V${toY(points[index]?.[1] ?? 0)}H${toX(x)}`);
  return `M${toX(first[0])} ${bottom}${steps.join('')}V${bottom}`;
}

function renderPause({ toX, top, bottom }: Plot, from: number, to: number): Markup {
  return html`<rect class="pause" x="${toX(from)}" y="${top}" width="${Math.max(1, round(toX(to) - toX(from)))}" height="${bottom - top}"/>`;
}

function renderMark({ at, text }: Mark, { toX, top, bottom }: Plot): Markup {
  const x = toX(at);
  return html`<g class="mark"><title>${text}</title><line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/><path class="flag" d="M${x - 5} ${top - 9}h10l-5 9z"/></g>`;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
