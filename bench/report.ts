/** Writes each benchmark's section of docs/benchmarks.md, so that the page only ever holds what a command printed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

const introduction = `# Benchmarks

Every figure here was printed by the command above it; run it again and the section is replaced.
Machines are noisy: what counts is the ratio to a peer measured in the same run, as the median of alternating rounds.
`;

/** Replaces the section between the markers of `name`, or appends it. */
export function writeSection(name: string, markdown: string): void {
  const before = existsSync(page) ? readFileSync(page, 'utf8') : introduction;
  writeFileSync(page, replaceSection(before, name, markdown));
}

export function replaceSection(text: string, name: string, markdown: string): string {
  const [start, end] = [`<!-- ${name}: start -->`, `<!-- ${name}: end -->`];
  const section = `${start}\n${markdown.trim()}\n${end}`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) return `${text.trimEnd()}\n\n${section}\n`;
  return text.slice(0, from) + section + text.slice(to + end.length);
}

/** One sentence: when, and on what. */
export function describeRun(): string {
  const [first] = cpus();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${cpus().length} cores of ${first?.model.trim() ?? 'an unknown processor'}, ${memoryGiB} GiB, ${process.platform}, Node ${process.versions.node}`;
}

/** A Markdown table; the first column is text, the others are right-aligned. */
export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 1 ? middle : middle - 1];
  if (upper === undefined || lower === undefined)
    throw new RangeError('the median of no values is not defined');
  return (upper + lower) / 2;
}
