// A report in a real browser, opened from a file as its reader would, with everything it asks for and complains about.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { describeInChromium } from '@trafficflux/tooling/test-browser';
import { onTestFinished } from 'vitest';
import { type JsonReport, toHtmlReport } from '../../../src/index.ts';

type Open = Parameters<Parameters<typeof describeInChromium>[1]>[0];
type Page = Awaited<ReturnType<Open>>;

export interface OpenReport {
  readonly page: Page;
  /** What the console and the page complained about. */
  readonly complaints: string[];
  /** What was asked for beside the file itself. */
  readonly requests: string[];
  /** The figure on a card of the summary. */
  card(label: string): Promise<string>;
  /** Drops a file onto the page. */
  drop(name: string, text: string): Promise<void>;
}

export async function openReport(page: Page, report: JsonReport): Promise<OpenReport> {
  const folder = await mkdtemp(join(tmpdir(), 'load-report-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = pathToFileURL(join(folder, 'report.html'));
  await writeFile(file, toHtmlReport(report));
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== file.href && !request.url().startsWith('data:')) requests.push(request.url());
  });
  await page.goto(file.href);
  return {
    page,
    complaints,
    requests,
    card: async (label) => {
      const card = page.locator('.card', { has: page.getByText(label, { exact: true }) });
      return (await card.locator('.figure').first().textContent()) ?? '';
    },
    drop: async (name, text) => {
      const dataTransfer = await page.evaluateHandle(
        ([fileName, content]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([content ?? ''], fileName ?? ''));
          return transfer;
        },
        [name, text],
      );
      await page.dispatchEvent('body', 'drop', { dataTransfer });
    },
  };
}
