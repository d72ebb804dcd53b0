/// <reference lib="dom" />
/** The page at work: its data, its other report, and what the reader does. */
import type { JsonReport } from '../../json.ts';
import { listCharts, renderBody } from '../page/body.ts';
import { DATA_ID, toReport } from '../page/read-report.ts';
import { drawCharts, followPointer } from './live-charts.ts';
import { acceptReports } from './other-report.ts';
import { followTable } from './step-table.ts';
import { followTheme } from './theme.ts';

const main = getElement('report');
const report = toReport(JSON.parse(getElement(DATA_ID).textContent));
let charts = listCharts(report, null);

function compareWith(other: JsonReport | null): void {
  const body = renderBody(report, other).toString();
  charts = listCharts(report, other);
  // Every string in it has been through the escaping template, and the policy of the page lets no script of theirs run.
  main.innerHTML = body;
  drawCharts(charts);
  if (other !== null) scrollTo({ top: 0 });
}

drawCharts(charts);
addEventListener('resize', () => drawCharts(charts));
addEventListener('beforeprint', () => drawCharts(charts));
followPointer(main, (id) => charts.find((chart) => chart.id === id));
followTable(main);
followTheme();
acceptReports(compareWith);

function getElement(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`This report has no element ${id}.`);
  return element;
}
