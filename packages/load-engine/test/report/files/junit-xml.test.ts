import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJunitXml } from '../../../src/report/files/junit-xml.ts';
import { recorderOf, rename, reportOf } from './report.ts';
import { findAll, parseXml } from './xml.ts';

const THRESHOLD = { metric: 'http_req_duration', expression: 'p(95)<300', aborted: false };

describe('the report as JUnit XML', () => {
  it('has a suite of the verdict, of the thresholds and of the steps', () => {
    const report = reportOf(
      [
        { step: 'GET /a', ms: 20 },
        { step: 'GET /a', ms: 40, failure: 'HTTP 500' },
        { step: 'GET /b', ms: 10 },
      ],
      {
        thresholds: [
          { ...THRESHOLD, outcome: 'passed', observed: 40 },
          { ...THRESHOLD, expression: 'p(95)<30', outcome: 'failed', observed: 40 },
          { ...THRESHOLD, metric: 'checks', outcome: 'no-data', observed: null },
        ],
      },
    );
    const root = parseXml(toJunitXml(report));
    expect(root.name).toBe('testsuites');
    expect(root.attributes).toMatchObject({ name: 'shop', tests: '6', failures: '3', time: '10.000000' });
    expect(
      root.children.map(({ name, attributes }) => [
        name,
        attributes.name,
        attributes.tests,
        attributes.failures,
      ]),
    ).toEqual([
      ['testsuite', 'verdict', '1', '0'],
      ['testsuite', 'thresholds', '3', '2'],
      ['testsuite', 'steps', '2', '1'],
    ]);
    const cases = findAll(root, 'testcase');
    expect(cases.map(({ attributes }) => [attributes.classname, attributes.name, attributes.time])).toEqual([
      ['shop.verdict', 'the figures can be trusted', '10.000000'],
      ['shop.thresholds', 'http_req_duration p(95)<300', '0.000000'],
      ['shop.thresholds', 'http_req_duration p(95)<30', '0.000000'],
      ['shop.thresholds', 'checks p(95)<300', '0.000000'],
      ['shop.steps', 'GET /a', '0.030000'],
      ['shop.steps', 'GET /b', '0.010000'],
    ]);
    expect(
      findAll(root, 'failure').map(({ attributes, text }) => [attributes.message, text.split('\n').at(-1)]),
    ).toEqual([
      ['Measured 40, expected p(95)<30.', 'Measured 40, expected p(95)<30.'],
      ['Nothing was measured, expected p(95)<300.', 'Nothing was measured, expected p(95)<300.'],
      ['1 of 2 requests failed (50 %).', '1 × HTTP 500'],
    ]);
  });

  it('fails an invalid, a broken and an unfinished run, and tasks whose code threw', () => {
    const verdict = { valid: false, reasons: ['too late'] };
    const recorder = recorderOf([]);
    recorder.recordException('buy', 'no price', 2);
    recorder.recordException('buy', 'no stock');
    const root = parseXml(toJunitXml(reportOf([], { verdict, endReason: 'crashed' }, recorder)));
    expect(findAll(root, 'failure').map(({ text }) => text)).toEqual([
      'INVALID: too late\nINVALID: too late\nThe run broke off.',
      '3 exceptions.\n2 × no price\n1 × no stock',
    ]);
  });

  it('is well-formed whatever control characters a message holds, and shows that they were there (F40)', () => {
    const xml = toJunitXml(
      reportOf([
        { step: '</script><script>alert(1)</script>', ms: 1, failure: 'bad \u001b[31mred\u001b[0m \u0000' },
      ]),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(xml).not.toMatch(/[\0-\x08\x0b-\x1f]|&#(27|x1b|0);/i);
    const failures = findAll(parseXml(xml), 'failure');
    expect(failures).toHaveLength(1);
    expect(failures[0]?.text).toContain('bad ␛[31mred␛[0m ␀');
    const names = findAll(parseXml(xml), 'testcase').map(({ attributes }) => attributes.name);
    expect(names).toContain('</script><script>alert(1)</script>');
  });

  it('is well-formed for any names and messages, and keeps what XML can hold', () => {
    const report = reportOf([{ step: 'a', ms: 1, failure: 'b' }]);
    const text = fc.string({
      unit: fc.oneof(
        fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      minLength: 1,
    });
    fc.assert(
      fc.property(text, text, (step, failure) => {
        const root = parseXml(toJunitXml(rename(report, step, failure)));
        expect(findAll(root, 'failure')).toHaveLength(1);
        if (/^[\t\n\x20-\x7e]+$/.test(step)) {
          expect(findAll(root, 'testcase').at(-1)?.attributes.name).toBe(step);
        }
      }),
    );
  });
});
