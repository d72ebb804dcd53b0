// What servers and scenarios say is text, whatever it looks like.
import { describeInChromium } from '@trafficflux/tooling/test-browser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonReport, toHtmlReport } from '../../../src/index.ts';
import { html } from '../../../src/report/html/page/markup.ts';
import { openReport } from './open-report.ts';
import { makeReport } from './reports.ts';

const HOSTILE =
  '</script><script>alert(1)</script><img src="x" onerror="alert(2)"><!--<script>\'"`&\u0000\u001b[31m\u2028';

function toHostileReport(report: JsonReport): JsonReport {
  return {
    ...report,
    test_info: { ...report.test_info, name: HOSTILE, target: HOSTILE },
    steps: report.steps.map((step) => ({
      ...step,
      name: HOSTILE,
      tags: { [HOSTILE]: HOSTILE },
      statuses: { [HOSTILE]: 1 },
    })),
    errors: [{ step: HOSTILE, kind: 'request', message: `header x: ${HOSTILE}`, count: 1 }],
    events: [{ elapsed_time: 0, kind: 'scaled', text: HOSTILE }],
    thresholds: [{ metric: HOSTILE, expression: HOSTILE, outcome: 'failed', observed: 1, aborted: true }],
    custom_metrics: [{ kind: 'gauge', name: HOSTILE, tags: { [HOSTILE]: HOSTILE }, last: 1, min: 1, max: 1 }],
    verdict: { valid: false, reasons: [HOSTILE] },
    warnings: [HOSTILE],
    report: [HOSTILE],
  };
}

describeInChromium('F40: hostile names, headers and messages', (open) => {
  it('make no element in the report, nor from a second report that is dropped onto it', async () => {
    const report = await makeReport();
    const hostile = toHostileReport(report);
    const { page, drop, complaints, requests } = await openReport(await open(), hostile);
    const countElements = () =>
      page.evaluate(() => document.querySelectorAll('script, img, [onerror], iframe, object').length);
    // The three scripts of every report: its first line, its data and its code.
    expect(await countElements()).toBe(3);
    expect(await page.locator('.steps tbody th').textContent()).toContain('<script>alert(1)</script>');
    expect(await page.locator('#errors').textContent()).toContain('</script><script>alert(1)</script>');
    await drop('other.html', toHtmlReport(hostile));
    await page.locator('.compared').waitFor();
    expect(await countElements()).toBe(3);
    const data = await page.evaluate(() => document.getElementById('report-data')?.textContent ?? '');
    expect(JSON.parse(data)).toEqual(hostile);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
  });

  it('run nothing from a second report whose figures are markup', async () => {
    const { page, drop } = await openReport(await open(), await makeReport());
    const text = `{"test_info":{"name":{"toString":"x"},"target":["<img src=x onerror=alert(1)>"],"start_time":"<img>"},
      "final_metrics":{"total_requests":1,"percentiles_ms":{"50":"<img src=x onerror=alert(1)>"}}}`;
    await drop('other.json', text);
    await expect.poll(() => page.locator('#notice').textContent()).toContain('other.json');
    expect(await page.evaluate(() => document.querySelectorAll('img').length)).toBe(0);
  });
});

describe('a template of markup', () => {
  it('lets no text begin an element or end an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>"\'&;a\0 ') }), (text) => {
        expect(html`${text}`.toString()).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('takes data for text that has the shape of markup', () => {
    const data = JSON.parse('{"text":"<b>","toString":null}');
    expect(() => html`${data}`.toString()).toThrow(TypeError);
    expect(html`${['<b>', [html`<i>`]]}`.toString()).toBe('&lt;b&gt;<i>');
  });
});
