/** Tables of the report: real headers, figures to the right, room to scroll on a narrow screen. */
import { html, type Markup, type Part } from './markup.ts';

export interface Column<Row> {
  readonly title: string;
  readonly isFigure?: boolean;
  cell(row: Row): Part;
}

/** The first column names the row. */
export function renderTable<Row>(
  label: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${columns.map(({ title, isFigure }) => html`<th scope="col" class="${isFigure && 'figure'}">${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${columns.map((column, index) => renderCell(column, row, index === 0))}</tr>
`,
  )}</tbody></table></div>`;
}

function renderCell<Row>({ cell, isFigure }: Column<Row>, row: Row, isHead: boolean): Markup {
  const look = isFigure && 'figure';
  return isHead
    ? html`<th scope="row" class="${look}">${cell(row)}</th>`
    : html`<td class="${look}">${cell(row)}</td>`;
}

export function renderSection(id: string, title: string, note: Part, ...content: readonly Part[]): Markup {
  return html`<section class="panel" id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${note !== '' && html`<p class="note">${note}</p>`}${content}</section>`;
}

/** Tags as small labels: `group=checkout`. */
export function renderTags(tags: Readonly<Record<string, string>>): Markup {
  return html`${Object.entries(tags).map(([key, value]) => html` <span class="tag">${key}=${value}</span>`)}`;
}
