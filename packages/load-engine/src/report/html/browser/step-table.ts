/// <reference lib="dom" />
/** The table of steps: sorted by the header that is pressed, narrowed by text and tags. */

export function followTable(main: HTMLElement): void {
  main.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    if (button?.classList.contains('sort')) sortBy(button);
    else if (button?.dataset.tag !== undefined) toggleTag(button);
  });
  main.addEventListener('input', ({ target }) => {
    if (target instanceof HTMLInputElement && target.id === 'step-filter') filterRows();
  });
}

/** First in the direction in which people look: names from A on, figures from the largest down. */
function sortBy(button: HTMLButtonElement): void {
  const header = button.closest('th');
  const row = header?.parentElement;
  const body = header?.closest('table')?.tBodies[0];
  if (!header || !row || !body) return;
  const column = [...row.children].indexOf(header);
  const first = header.classList.contains('figure') ? 'descending' : 'ascending';
  const second = first === 'ascending' ? 'descending' : 'ascending';
  const direction = header.getAttribute('aria-sort') === first ? second : first;
  for (const each of row.children) each.removeAttribute('aria-sort');
  header.setAttribute('aria-sort', direction);
  const sign = direction === 'ascending' ? 1 : -1;
  const rows = [...body.rows].map((each) => ({ each, value: each.cells[column]?.dataset.value ?? '' }));
  rows.sort((left, right) => sign * compareValues(left.value, right.value, first === 'descending'));
  body.append(...rows.map(({ each }) => each));
}

/** What was not measured counts as less than anything. */
function compareValues(left: string, right: string, isFigure: boolean): number {
  if (!isFigure) return left.localeCompare(right, undefined, { numeric: true });
  const toValue = (text: string) => (text === '' ? -1 : Number(text));
  return toValue(left) - toValue(right);
}

function toggleTag(button: HTMLButtonElement): void {
  button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
  filterRows();
}

/** Every word and every chosen tag must be there. */
function filterRows(): void {
  const input = document.querySelector<HTMLInputElement>('#step-filter');
  const words = (input?.value ?? '').toLowerCase().split(/\s+/);
  const pressed = document.querySelectorAll<HTMLElement>('[data-tag][aria-pressed="true"]');
  const tags = [...pressed].map((button) => button.dataset.tag ?? '');
  const rows = [...document.querySelectorAll<HTMLTableRowElement>('.steps tbody tr')];
  for (const row of rows) {
    const own: readonly string[] = JSON.parse(row.dataset.tags ?? '[]');
    const text = row.dataset.find ?? '';
    row.hidden = !(words.every((word) => text.includes(word)) && tags.every((tag) => own.includes(tag)));
  }
  const shown = rows.filter((row) => !row.hidden).length;
  const count = document.getElementById('step-count');
  if (count)
    count.textContent = shown === rows.length ? `${rows.length} steps` : `${shown} of ${rows.length} steps`;
}
