// What `npm start` shows when all is up, and `npm run status` shows again.
import { getBorderCharacters, table } from 'table';

/** A table without lines, indented; the first row holds the headings. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  return table(
    rows.map((row) => [...row]),
    {
      border: getBorderCharacters('void'),
      columnDefault: { paddingLeft: 2, paddingRight: 2 },
      drawHorizontalLine: () => false,
    },
  ).replaceAll(/ +$/gm, '');
}

export function formatReadyTable(
  services: readonly { name: string; url: string; docs?: string; tryNext: readonly string[] }[],
): string {
  const rows = services.map(({ name, url, docs }) => [name, url, docs ?? '']);
  const groups = services.filter(({ tryNext }) => tryNext.length > 0);
  return [
    '',
    formatTable([['SERVICE', 'URL', 'DOCS'], ...rows]),
    '  Try next, in another terminal:',
    ...groups.flatMap(({ name, tryNext }) => [
      `    # ${name}`,
      ...tryNext.map((command) => `    ${command}`),
      '',
    ]),
    '    npm run status',
    '',
    '  Ctrl-C stops everything. The data lies in .data/; npm start -- --fresh begins anew.',
    '',
    '',
  ].join('\n');
}
