/// <reference lib="dom" />
/** Charts at the width they have, and the figures under the pointer or the arrow keys. */
import { type Chart, layOut, renderPlot, type Series } from '../page/charts/chart.ts';
import { html, type Markup } from '../page/markup.ts';

/** Draws every chart for the room it has, which changes nothing around it: its height is that of the style sheet. */
export function drawCharts(charts: readonly Chart[]): void {
  for (const chart of charts) {
    const plot = findPlot(chart.id);
    const svg = plot?.querySelector('svg');
    if (!plot || !svg || plot.clientWidth === 0) continue;
    svg.outerHTML = renderPlot(chart, toSize(plot)).toString();
  }
}

export function followPointer(main: HTMLElement, findChart: (id: string) => Chart | undefined): void {
  const chartOf = (target: EventTarget | null) => {
    const plot = target instanceof Element ? target.closest<HTMLElement>('[data-chart]') : null;
    const chart = plot && findChart(plot.dataset.chart ?? '');
    return plot && chart ? { plot, chart } : null;
  };
  main.addEventListener('pointermove', (event) => {
    const found = chartOf(event.target);
    if (found) pointAt(found.chart, found.plot, event.clientX - found.plot.getBoundingClientRect().left);
  });
  main.addEventListener('pointerout', (event) => {
    const found = chartOf(event.target);
    if (found && chartOf(event.relatedTarget)?.plot !== found.plot) hideCursor(found.plot);
  });
  main.addEventListener('focusout', (event) => {
    const found = chartOf(event.target);
    if (found) hideCursor(found.plot);
  });
  main.addEventListener('keydown', (event) => {
    const found = chartOf(event.target);
    if (found) stepWithKeys(found.chart, found.plot, event);
  });
}

function stepWithKeys(chart: Chart, plot: HTMLElement, event: KeyboardEvent): void {
  const xs = listXs(chart);
  if (event.key === 'Escape') hideCursor(plot);
  if (xs.length === 0) return;
  const now = plot.dataset.at === undefined ? -1 : xs.indexOf(Number(plot.dataset.at));
  const stride = event.shiftKey ? 10 : 1;
  const next = { ArrowLeft: now - stride, ArrowRight: now + stride, Home: 0, End: xs.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  showAt(chart, plot, xs[Math.min(xs.length - 1, Math.max(0, next))] ?? 0);
}

function pointAt(chart: Chart, plot: HTMLElement, pixel: number): void {
  const { toX } = layOut(chart, toSize(plot));
  const isBars = chart.series.some(({ kind }) => kind === 'bars');
  const xs = listXs(chart);
  const nearest = xs.reduce<number | null>((best, x) => {
    if (isBars) return toX(x) <= pixel || best === null ? x : best;
    return best === null || Math.abs(toX(x) - pixel) < Math.abs(toX(best) - pixel) ? x : best;
  }, null);
  if (nearest !== null) showAt(chart, plot, nearest);
}

/** Where there is something to tell: the points of this run, or of the other one where this has none. */
function listXs({ series }: Chart): number[] {
  const own = series.filter(({ isOther }) => !isOther);
  const longest = (own.length > 0 ? own : series).reduce<Series | null>(
    (most, each) => (most === null || each.points.length > most.points.length ? each : most),
    null,
  );
  const xs = (longest?.points ?? []).map(([x]) => x);
  return longest?.kind === 'bars' ? xs.slice(0, -1) : xs;
}

function showAt(chart: Chart, plot: HTMLElement, x: number): void {
  const size = toSize(plot);
  const { toX, toY, top, bottom } = layOut(chart, size);
  const cursor = plot.querySelector<HTMLElement>('.cursor');
  const pointer = plot.querySelector('.pointer');
  if (!cursor || !pointer) return;
  const rows = chart.series
    .toSorted((left, right) => Number(left.isOther) - Number(right.isOther))
    .map((series) => ({ series, y: findNear(series, x) }));
  const isBars = chart.series.some(({ kind }) => kind === 'bars');
  const dots = rows.map(({ series, y }) =>
    y === null || isBars || series.isOther
      ? null
      : html`<circle class="dot ${series.look}" cx="${toX(x)}" cy="${toY(y)}" r="4"/>`,
  );
  plot.dataset.at = String(x);
  pointer.innerHTML =
    html`<line x1="${toX(x)}" x2="${toX(x)}" y1="${top}" y2="${bottom}"/>${dots}`.toString();
  cursor.innerHTML = describe(chart, x, rows).toString();
  cursor.hidden = false;
  const isRight = toX(x) > size.width / 2;
  cursor.style.left = isRight ? 'auto' : `${toX(x) + 12}px`;
  cursor.style.right = isRight ? `${size.width - toX(x) + 12}px` : 'auto';
}

function describe(chart: Chart, x: number, rows: readonly { series: Series; y: number | null }[]): Markup {
  const near = chart.marks.filter(({ at }) => Math.abs(chart.x.place(at) - chart.x.place(x)) < 0.012);
  return html`<p class="at">${chart.describeX(x)}</p><table>${rows.map(
    ({ series, y }) =>
      html`<tr><th scope="row"><span class="swatch ${series.look} ${series.isOther && 'other'}"></span>${series.name}</th><td>${y === null ? '–' : chart.describeY(y)}</td></tr>`,
  )}</table>${near.map(({ text }) => html`<p class="event">${text}</p>`)}`;
}

/** Other series may have been looked at a little earlier or later. */
function findNear({ points, kind }: Series, x: number): number | null {
  if (points.length === 0) return null;
  let best = points[0];
  for (const point of points) {
    if (best === undefined || Math.abs(point[0] - x) <= Math.abs(best[0] - x)) best = point;
  }
  const [last, first] = [points.at(-1)?.[0] ?? 0, points[0]?.[0] ?? 0];
  const gap = points.length > 1 ? (last - first) / (points.length - 1) : Number.POSITIVE_INFINITY;
  if (best === undefined || (kind !== 'bars' && (x > last + gap || x < first - gap))) return null;
  return best[1];
}

function hideCursor(plot: HTMLElement): void {
  const cursor = plot.querySelector<HTMLElement>('.cursor');
  if (cursor) cursor.hidden = true;
  plot.querySelector('.pointer')?.replaceChildren();
  delete plot.dataset.at;
}

function findPlot(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-chart="${id}"]`);
}

function toSize(plot: HTMLElement) {
  return { width: plot.clientWidth, height: plot.clientHeight };
}
