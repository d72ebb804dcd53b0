// `node tooling/test-report/main.ts REPORT EXIT_CODE`: reads vitest's JSON report, names what failed or was skipped,
// and ends with the line `N passed, N failed`. Exits 1 unless every test ran and passed.
import { existsSync, readFileSync } from 'node:fs';
import { summarize, type VitestReport } from './summary.ts';

const [path = '', exitCode = '0'] = process.argv.slice(2);
const report = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as VitestReport) : undefined;
const summary = summarize(report, Number(exitCode));

for (const line of summary.skipped) console.log(line);
for (const line of summary.complaints) console.log(line);
console.log(`${summary.passed} passed, ${summary.failed} failed`);
process.exitCode = summary.failed > 0 ? 1 : 0;
