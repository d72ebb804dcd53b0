// What a run of the tests came to. Whatever kept a test from running and passing counts as a failure.
import { networkInterfaces } from 'node:os';

/** The part of vitest's JSON report that is read here. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly complaints: readonly string[];
}

/** Tests that may be skipped, by their full name, and the machines on which they may. */
const mayBeSkipped: readonly { readonly name: RegExp; readonly here: boolean }[] = [
  { name: /IPv6|::1/, here: !hasIpv6() },
];

/**
 * Counts a report. A skipped or unfinished test fails, as does a file that did not load; and a run that exited with an
 * error although its report is clean (or missing) counts one failure.
 */
export function summarize(report: VitestReport | undefined, exitCode: number): Summary {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const complaints = [
    ...tests.filter(isComplaint).map((test) => `${test.status}: ${test.fullName}`),
    ...files
      .filter((file) => file.status === 'failed' && !file.assertionResults.some(isComplaint))
      .map((file) => `did not load: ${file.name} ${file.message ?? ''}`.trim()),
  ];
  if (!report) complaints.push('the tests ended without a report');
  else if (tests.length === 0) complaints.push('the report holds no test');
  if (complaints.length === 0 && exitCode !== 0) {
    complaints.push(`every test passed, but the run exited with ${exitCode}: an error outside of any test`);
  }
  return { passed, failed: complaints.length, complaints };
}

function isComplaint({ status, fullName }: { readonly status: string; readonly fullName: string }): boolean {
  if (status === 'passed') return false;
  return status === 'failed' || !mayBeSkipped.some(({ name, here }) => here && name.test(fullName));
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === '::1'),
  );
}
