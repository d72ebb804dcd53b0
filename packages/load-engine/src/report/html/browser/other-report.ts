/// <reference lib="dom" />
/** The second report: dropped onto the page or chosen, as HTML or as JSON. */
import type { JsonReport } from '../../json.ts';
import { DATA_ID, toReport } from '../page/read-report.ts';

type Compare = (other: JsonReport | null) => void;

export function acceptReports(compare: Compare): void {
  const input = document.querySelector<HTMLInputElement>('#other-file');
  input?.addEventListener('change', async () => {
    await take(input.files?.[0], compare);
    input.value = '';
  });
  document.addEventListener('click', ({ target }) => {
    const action =
      target instanceof Element ? target.closest<HTMLElement>('[data-action]')?.dataset.action : '';
    if (action === 'choose') input?.click();
    if (action === 'stop-comparing') {
      compare(null);
      say('');
      document.querySelector<HTMLElement>('[data-action="choose"]')?.focus();
    }
  });
  acceptDrops(compare);
}

function acceptDrops(compare: Compare): void {
  const hint = document.getElementById('drop-hint');
  const show = (isShown: boolean): void => {
    if (hint) hint.hidden = !isShown;
  };
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    show(true);
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) show(false);
  });
  document.addEventListener('drop', async (event) => {
    event.preventDefault();
    show(false);
    await take(event.dataTransfer?.files[0], compare);
  });
}

async function take(file: File | undefined, compare: Compare): Promise<void> {
  if (file === undefined) return;
  try {
    compare(toReport(readData(await file.text())));
    say(`Compared with ${file.name}.`);
  } catch (error) {
    say(
      `${file.name} cannot be compared. ${error instanceof SyntaxError || !(error instanceof Error) ? 'It is neither a report as HTML nor one as JSON.' : error.message}`,
    );
  }
}

function readData(text: string): unknown {
  if (text.trimStart().startsWith('{')) return JSON.parse(text);
  // A parsed document runs nothing and fetches nothing.
  const page = new DOMParser().parseFromString(text, 'text/html');
  return JSON.parse(page.getElementById(DATA_ID)?.textContent ?? '');
}

function say(sentence: string): void {
  const notice = document.getElementById('notice');
  if (notice) notice.textContent = sentence;
}
