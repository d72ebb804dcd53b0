// What a run of the tests came to. Whatever kept a test from running and passing counts as a failure.
import { networkInterfaces } from 'node:os';
import { findChromium } from '../test-stores/find-browser.ts';
import { hasPythonModule, PYTHON_WEBSOCKETS } from '../test-stores/find-python.ts';
import { canRunMongo } from '../test-stores/mongo-program.ts';

/** The part of vitest's JSON report that is read here. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly TestResult[];
  }[];
}

interface TestResult {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages?: readonly string[];
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly complaints: readonly string[];
  /** What was skipped and may be: each test, or the whole suite where its name says why. */
  readonly skipped: readonly string[];
}

/** Tests that may be skipped, by their full name, and whether this machine is one on which they may. */
export interface SkipRule {
  readonly name: RegExp;
  readonly here: boolean;
}

/** Characters of an error that are shown. */
const REASON_LENGTH = 300;

const mayBeSkipped: readonly SkipRule[] = [
  { name: /IPv6|::1/, here: !hasIpv6() },
  { name: /\(skipped: no MongoDB, /, here: !process.env.MONGO_TEST_URL && !canRunMongo() },
  { name: /\(skipped: no MongoDB to start, /, here: !canRunMongo() },
  { name: /\(skipped: no Chromium\)/, here: findChromium() === null },
  { name: /\(skipped: no python3 with websockets\)/, here: !hasPythonModule(PYTHON_WEBSOCKETS) },
];

/**
 * Counts a report. A skipped or unfinished test fails, as does a file that did not load; and a run that exited with an
 * error although its report is clean (or missing) counts one failure.
 */
export function summarize(
  report: VitestReport | undefined,
  exitCode: number,
  rules: readonly SkipRule[] = mayBeSkipped,
): Summary {
  const isComplaint = ({ status, fullName }: TestResult) =>
    status !== 'passed' && (status === 'failed' || !maySkip(fullName, rules));
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const complaints = [
    ...tests.filter(isComplaint).map(toComplaint),
    ...files
      .filter((file) => file.status === 'failed' && !file.assertionResults.some(isComplaint))
      .map((file) => `did not load: ${file.name} ${file.message ?? ''}`.trim()),
  ];
  if (!report) complaints.push('the tests ended without a report');
  else if (tests.length === 0) complaints.push('the report holds no test');
  if (complaints.length === 0 && exitCode !== 0) {
    complaints.push(`every test passed, but the run exited with ${exitCode}: an error outside of any test`);
  }
  const skipped = tests.filter((test) => test.status !== 'passed' && !isComplaint(test)).map(toSkipped);
  return { passed, failed: complaints.length, complaints, skipped: [...new Set(skipped)] };
}

function maySkip(fullName: string, rules: readonly SkipRule[]): boolean {
  return rules.some(({ name, here }) => here && name.test(fullName));
}

/** With what was wrong and where, as the output of a long run may be kept from its end only. */
function toComplaint({ status, fullName, failureMessages }: TestResult): string {
  const [message, ...frames] = failureMessages?.[0]?.split('\n') ?? [];
  if (message === undefined) return `${status}: ${fullName}`;
  const where = frames.find((line) => /^\s+at .*\.test\.tsx?:\d/.test(line))?.trim();
  const reason = message.length > REASON_LENGTH ? `${message.slice(0, REASON_LENGTH)}…` : message;
  return [`${status}: ${fullName}`, `  ${reason}`, ...(where === undefined ? [] : [`  ${where}`])].join('\n');
}

/** A suite that says why it was skipped needs one line, not one for each of its tests. */
function toSkipped({ fullName }: TestResult): string {
  return /^.*?\(skipped: [^)]*\)/.exec(fullName)?.[0] ?? `${fullName} (skipped)`;
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === '::1'),
  );
}
