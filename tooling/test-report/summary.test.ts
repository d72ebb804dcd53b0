import { describe, expect, it } from 'vitest';
import { summarize, type VitestReport } from './summary.ts';

describe('the summary of a test run', () => {
  it('counts what passed and fails nothing when everything did', () => {
    expect(summarize(reportOf('passed', 'passed'), 0)).toEqual({ passed: 2, failed: 0, complaints: [] });
  });

  it.each(['failed', 'skipped', 'pending', 'todo', 'disabled'])(
    'counts a test that is %s as a failure',
    (status) => {
      const summary = summarize(reportOf('passed', status), 0);
      expect(summary).toMatchObject({ passed: 1, failed: 1, complaints: [`${status}: fact 1`] });
    },
  );

  it('counts a file that did not load as a failure', () => {
    const report = {
      testResults: [{ name: 'a.test.ts', status: 'failed', message: 'boom', assertionResults: [] }],
    };
    expect(summarize(report, 1).complaints).toContain('did not load: a.test.ts boom');
  });

  it('fails a run that exited with an error although its report is clean', () => {
    expect(summarize(reportOf('passed'), 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  it('fails a run without a report, and a report without a test', () => {
    expect(summarize(undefined, 0).failed).toBe(1);
    expect(summarize({ testResults: [] }, 0).failed).toBe(1);
  });
});

function reportOf(...statuses: readonly string[]): VitestReport {
  const assertionResults = statuses.map((status, index) => ({ fullName: `fact ${index}`, status }));
  const status = statuses.includes('failed') ? 'failed' : 'passed';
  return { testResults: [{ name: 'a.test.ts', status, assertionResults }] };
}
