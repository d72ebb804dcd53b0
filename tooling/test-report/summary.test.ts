import { describe, expect, it } from 'vitest';
import { summarize, type VitestReport } from './summary.ts';

describe('the summary of a test run', () => {
  it('counts what passed and fails nothing when everything did', () => {
    expect(summarize(reportOf('passed', 'passed'), 0)).toEqual({
      passed: 2,
      failed: 0,
      complaints: [],
      skipped: [],
    });
  });

  it.each(['failed', 'skipped', 'pending', 'todo', 'disabled'])(
    'counts a test that is %s as a failure',
    (status) => {
      const summary = summarize(reportOf('passed', status), 0);
      expect(summary).toMatchObject({ passed: 1, failed: 1, complaints: [`${status}: fact 1`] });
    },
  );

  it('says what was wrong and where', () => {
    const stack =
      'AssertionError: expected 1 to be 2\n    at chai (/n/chai.js:1:1)\n    at /repo/a.test.ts:7:3';
    const result = { fullName: 'fact 1', status: 'failed', failureMessages: [stack] };
    const report = { testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults: [result] }] };
    expect(summarize(report, 1).complaints).toEqual([
      'failed: fact 1\n  AssertionError: expected 1 to be 2\n  at /repo/a.test.ts:7:3',
    ]);
  });

  describe('with suites that were skipped for want of a MongoDB', () => {
    const suite = 'accounts in MongoDB (skipped: no MongoDB, as Go is missing)';
    const report = {
      testResults: [
        {
          name: 'a.test.ts',
          status: 'passed',
          assertionResults: [
            { fullName: 'another fact', status: 'passed' },
            { fullName: `${suite} fact (1)`, status: 'skipped' },
            { fullName: `${suite} fact (2)`, status: 'skipped' },
          ],
        },
      ],
    };
    const rule = (here: boolean) => [{ name: /\(skipped: no MongoDB, /, here }];

    it('names each suite once where there can be none', () => {
      expect(summarize(report, 0, rule(true))).toEqual({
        passed: 1,
        failed: 0,
        complaints: [],
        skipped: [suite],
      });
    });

    it('counts each test as a failure where there could be one', () => {
      expect(summarize(report, 0, rule(false))).toMatchObject({ passed: 1, failed: 2, skipped: [] });
    });

    it('still counts a test as failed that failed', () => {
      const failed = { ...report.testResults[0], status: 'failed', name: 'b.test.ts' };
      const results = failed.assertionResults?.map((result) => ({ ...result, status: 'failed' })) ?? [];
      const summary = summarize({ testResults: [{ ...failed, assertionResults: results }] }, 1, rule(true));
      expect(summary).toMatchObject({ passed: 0, failed: 3 });
    });
  });

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
