// `node tooling/import-graph/main.ts [folder]`: fails when the imports and the graph in docs/architecture.md
// disagree, or when a rule about who may import whom is broken.
import { resolve } from 'node:path';
import { checkImportGraph } from './check.ts';

const root = resolve(process.argv[2] ?? `${import.meta.dirname}/../..`);
const report = checkImportGraph(root);

for (const { file, line, sentence } of report.violations) console.error(`${file}:${line}: ${sentence}`);
const size = `${report.rooms} rooms, ${report.files} files, ${report.imports} imports`;
if (report.violations.length > 0) {
  console.error(`import graph: ${report.violations.length} violations in ${size}`);
  process.exitCode = 1;
} else {
  console.log(`import graph: ${size}, and the graph in docs/architecture.md is theirs`);
}
