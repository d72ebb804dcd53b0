// The report as its reader meets it: in a real browser, from a file, without a network.
import { describeInChromium } from '@trafficflux/tooling/test-browser';
import { expect, it } from 'vitest';
import { toHtmlReport } from '../../../src/index.ts';
import { openReport } from './open-report.ts';
import { makeReport, toEmptyReport, toLargeReport } from './reports.ts';

const CHARTS = ['chart-throughput', 'chart-percentiles', 'chart-users', 'chart-distribution', 'chart-curve'];

describeInChromium('the HTML report', (open) => {
  it('shows the figures of a run, and asks the network for nothing', async () => {
    const report = await makeReport();
    const { page, card, complaints, requests } = await openReport(await open(), report);
    expect(await page.title()).toMatch(/^Load Test Report/);
    expect(await page.locator('h1').textContent()).toBe('Load Test Report');
    expect(await card('Total requests')).toBe('60');
    expect(await card('Success rate')).toBe('80 %');
    expect(await card('Failed')).toBe('12');
    expect(await card('Users')).toBe('3');
    expect(await page.locator('.result').first().textContent()).toContain('12 of 60 requests failed (20 %).');
    expect(await page.locator('#errors').textContent()).toContain('503');
    for (const id of CHARTS) expect(await page.locator(`#${id} svg`).last().isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
  });

  it('can be read where scripts are forbidden', async () => {
    const browser = (await open()).context().browser();
    const context = await browser?.newContext({ javaScriptEnabled: false });
    if (!context) throw new Error('expected a browser');
    const { page, card } = await openReport(await context.newPage(), await makeReport());
    expect(await card('Total requests')).toBe('60');
    expect(await page.locator('#chart-throughput .plot svg').isVisible()).toBe(true);
    expect(await page.locator('#chart-throughput .grid').textContent()).toContain('0:00');
    expect(await page.getByRole('button', { name: /compare/i }).isVisible()).toBe(false);
  });

  it('says that a run is INVALID, and why', async () => {
    const report = await makeReport();
    const reasons = ['312 of 9,000 planned starts were missed.'];
    const { page } = await openReport(await open(), { ...report, verdict: { valid: false, reasons } });
    const verdict = page.locator('.result', { hasText: 'INVALID' });
    expect(await verdict.textContent()).toContain('312 of 9,000 planned starts were missed.');
  });

  it('works without any request, and with a single look', async () => {
    const report = await makeReport();
    const empty = await openReport(await open(), toEmptyReport(report));
    expect(await empty.card('P99')).toBe('–');
    expect(await empty.page.locator('#chart-throughput').textContent()).toContain(
      'Nothing was measured here.',
    );
    const single = await openReport(await open(), { ...report, progress: report.progress.slice(0, 1) });
    expect(await single.page.locator('#chart-users circle').first().isVisible()).toBe(true);
    expect([...empty.complaints, ...single.complaints]).toEqual([]);
  });

  it('sorts and filters 500 steps', async () => {
    const { page, complaints } = await openReport(await open(), toLargeReport(await makeReport()));
    const rows = page.locator('.steps tbody tr:not([hidden]) th');
    expect(await rows.count()).toBe(500);
    await page.getByRole('button', { name: 'Requests', exact: true }).click();
    expect(await rows.first().textContent()).toContain('GET /books/499');
    await page.getByRole('button', { name: 'Requests', exact: true }).click();
    expect(await rows.first().textContent()).toContain('GET /books/0');
    await page.getByLabel('Find').fill('books/49');
    expect(await rows.count()).toBe(11);
    await page.getByRole('button', { name: 'shelf=s1' }).click();
    expect(await rows.allInnerTexts()).toEqual(
      ['49', '493', '497'].map((name) => expect.stringContaining(`GET /books/${name}`)),
    );
    expect(await page.locator('#step-count').textContent()).toBe('3 of 500 steps');
    expect(complaints).toEqual([]);
  });

  it('marks events, and tells figures to the arrow keys', async () => {
    const { page } = await openReport(await open(), toLargeReport(await makeReport()));
    expect(await page.locator('#chart-throughput .mark title').allTextContents()).toEqual([
      'Scaled to 200 %.',
      'Paused.',
      'Resumed.',
    ]);
    const plot = page.locator('#chart-users .plot');
    await plot.focus();
    await page.keyboard.press('End');
    expect(await plot.locator('.cursor').textContent()).toContain('5:00');
    await page.keyboard.press('ArrowLeft');
    expect(await plot.locator('.cursor').textContent()).toMatch(/4:59\.5[\s\S]*active users/);
  });

  it('fits a phone of 360 pixels, and follows the switch of colours', async () => {
    const page = await open();
    await page.setViewportSize({ width: 360, height: 740 });
    await openReport(page, toLargeReport(await makeReport()));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByRole('button', { name: 'Switch colours' }).click();
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.getByRole('button', { name: 'Switch colours' }).click();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).toBe(light);
  });
});

describeInChromium('a second report on the page', (open) => {
  it('is compared as HTML: figures beside figures, and its curves in the charts', async () => {
    const report = await makeReport();
    const other = {
      ...report,
      final_metrics: {
        ...report.final_metrics,
        requests_per_second: report.final_metrics.requests_per_second / 2,
      },
    };
    const { page, drop, complaints, requests } = await openReport(await open(), report);
    await drop('before.html', toHtmlReport(other));
    await page.locator('.compared').waitFor();
    const card = page.locator('.card', { hasText: 'Requests per second' });
    expect(await card.locator('.change').textContent()).toMatch(/×2\s*better/);
    expect(await page.locator('#chart-throughput .line.other').count()).toBeGreaterThan(0);
    expect(await page.locator('.steps tbody .change').first().textContent()).toBe('±0 %');
    await page.getByRole('button', { name: 'Stop comparing' }).click();
    expect(await page.locator('.compared').count()).toBe(0);
    expect(await page.locator('.change').count()).toBe(2);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
  });

  it('is compared as JSON that was chosen as a file, with other steps', async () => {
    const report = await makeReport();
    const other = { ...report, steps: report.steps.map((step) => ({ ...step, name: 'GET /elsewhere' })) };
    const { page } = await openReport(await open(), report);
    const chosen = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: /compare/i }).click();
    const buffer = Buffer.from(JSON.stringify(other));
    await (await chosen).setFiles({ name: 'before.json', mimeType: 'application/json', buffer });
    await page.locator('.compared').waitFor();
    expect(await page.locator('.steps tbody').textContent()).toContain('only in this run');
    expect(await page.locator('#steps details').textContent()).toContain('1 step only in the compared run');
  });

  it.each([
    ['notes.txt', 'hello', 'It is neither a report as HTML nor one as JSON.'],
    ['page.html', '<!doctype html><h1>Hello</h1>', 'It is neither a report as HTML nor one as JSON.'],
    ['other.json', '{"a":1}', 'That is no report of this load engine'],
    ['old.json', '{"test_info":{},"final_metrics":{"total_requests":"1"}}', 'That report has no figures'],
  ])('is refused with a sentence when it is %s', async (name, text, sentence) => {
    const { page, drop, card, complaints } = await openReport(await open(), await makeReport());
    await drop(name, text);
    await expect.poll(() => page.locator('#notice').textContent()).toContain(sentence);
    expect(await card('Total requests')).toBe('60');
    expect(complaints).toEqual([]);
  });
});
