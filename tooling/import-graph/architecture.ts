// Reads the one graph of docs/architecture.md: the first mermaid block, arrows and subgraphs only.
import type { Architecture, Edge, EdgeKind, Violation } from './types.ts';

const arrows: Readonly<Record<string, EdgeKind>> = { '-->': 'ships', '-.->': 'tests', '==>': 'starts' };
const nodeList = String.raw`[\w-]+(?:\[[^\]]*\])?(?:\s*&\s*[\w-]+(?:\[[^\]]*\])?)*`;
const edgeLine = new RegExp(String.raw`^(${nodeList})\s*(-->|-\.->|==>)(?:\|[^|]*\|)?\s*(${nodeList})$`);
const nodeLine = new RegExp(`^${nodeList}$`);
const decoration = /^(?:$|%%|flowchart\b|graph\b|subgraph\b|end$|direction\b|classDef\b|class\b|style\b)/;

/** Parses the graph of the document; what it cannot read is returned as violations. */
export function parseArchitecture(path: string, markdown: string): Architecture {
  const lines = markdown.split('\n');
  const firstLine = lines.findIndex((line) => line.trim() === '```mermaid') + 1;
  if (firstLine === 0)
    throw new Error(`${path} has no mermaid block: the graph of the packages stands there.`);

  const nodes = new Map<string, number>();
  const edges: Edge[] = [];
  const violations: Violation[] = [];
  for (let index = firstLine; index < lines.length; index += 1) {
    const text = (lines[index] ?? '').trim();
    if (text === '```') break;
    if (decoration.test(text)) continue;
    readLine(text, index + 1);
  }
  return { path, firstLine, nodes, edges, violations };

  function readLine(text: string, line: number): void {
    const [, left, arrow = '', right] = edgeLine.exec(text) ?? [];
    if (left !== undefined && right !== undefined) {
      const kind = arrows[arrow] ?? 'ships';
      for (const from of toNames(left)) for (const to of toNames(right)) edges.push({ from, to, kind, line });
      for (const name of [...toNames(left), ...toNames(right)]) nodes.set(name, nodes.get(name) ?? line);
    } else if (nodeLine.test(text)) {
      for (const name of toNames(text)) nodes.set(name, nodes.get(name) ?? line);
    } else {
      violations.push({
        file: path,
        line,
        sentence: `the graph has a line that this check cannot read: ${text}`,
      });
    }
  }
}

function toNames(list: string): string[] {
  return list
    .replaceAll(/\[[^\]]*\]/g, '')
    .split('&')
    .map((name) => name.trim());
}
