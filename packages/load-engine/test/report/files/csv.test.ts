import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCsv, toCsvFailures, toCsvHistory } from '../../../src/report/files/csv.ts';
import { rename, reportOf } from './report.ts';

function read(csv: string): Record<string, string>[] {
  return parse(csv, { columns: true, record_delimiter: '\r\n' });
}

describe('the report as CSV', () => {
  it('has a line per step and one of all, in the columns of Locust', () => {
    const rows = read(
      toCsv(
        reportOf([
          { step: 'GET /a', ms: 10 },
          { step: 'GET /a', ms: 30, failure: 'HTTP 500' },
          { step: 'search', ms: 2.5, tags: { group: 'shop' } },
        ]),
      ),
    );
    expect(rows.map((row) => [row.Type, row.Name, row['Request Count'], row['Failure Count']])).toEqual([
      ['GET', '/a', '2', '1'],
      ['', 'search {group=shop}', '1', '0'],
      ['', 'Aggregated', '3', '1'],
    ]);
    expect(rows[0]).toMatchObject({
      'Median Response Time': '10.007',
      'Average Response Time': '20',
      'Min Response Time': '10',
      'Max Response Time': '30',
      'Average Content Size': '500',
      'Requests/s': '0.2',
      'Failures/s': '0.1',
      '50%': '10.007',
      '99.99%': '30',
      '100%': '30',
    });
  });

  it('has a line per look at the run, and one per kind of failure', () => {
    const report = reportOf([
      { step: 'GET /a', ms: 10 },
      { step: 'GET /a', ms: 30, failure: 'HTTP 500, "sorry"' },
    ]);
    expect(read(toCsvHistory(report))).toEqual([
      expect.objectContaining({
        Timestamp: '1767225610',
        'User Count': '100',
        'Requests/s': '0.2',
        'Total Request Count': '2',
        'Total Failure Count': '1',
      }),
    ]);
    expect(read(toCsvFailures(report))).toEqual([
      { Method: 'GET', Name: '/a', Error: 'HTTP 500, "sorry"', Occurrences: '1' },
    ]);
  });

  it('leaves empty what was not measured (F22)', () => {
    const [total, ...rest] = read(toCsv(reportOf([])));
    expect(rest).toEqual([]);
    expect(total).toMatchObject({
      'Request Count': '0',
      'Median Response Time': '',
      '100%': '',
      'Requests/s': '0',
    });
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '|cmd'])(
    'gives a spreadsheet no formula: %j',
    (name) => {
      const csv = toCsvFailures(reportOf([{ step: name, ms: 1, failure: name }]));
      expect(read(csv)).toEqual([{ Method: '', Name: `'${name}`, Error: `'${name}`, Occurrences: '1' }]);
    },
  );

  it('is read back as it was by another reader, whatever the names hold', () => {
    const report = reportOf([{ step: 'a', ms: 1, failure: 'b' }]);
    const text = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(text, text, (name, failure) => {
        const [row] = read(toCsvFailures(rename(report, `x${name}`, `y${failure}`)));
        expect(row).toEqual({ Method: '', Name: `x${name}`, Error: `y${failure}`, Occurrences: '1' });
      }),
    );
  });
});
