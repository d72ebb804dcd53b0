// The browser of the machine, without a screen.
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { findChromium } from '../test-stores/find-browser.ts';

const program = findChromium();

/** Skipped, by name, where the machine has no Chromium. `open` gives a page of its own, which ends with the test. */
export function describeInChromium(name: string, suite: (open: () => Promise<Page>) => void): void {
  if (program === null) {
    describe.skip(`${name} (skipped: no Chromium)`, () => suite(() => Promise.reject(new Error('none'))));
    return;
  }
  describe(name, () => {
    let browser: Browser;
    beforeAll(async () => {
      // As root, which tests often are, Chromium has no sandbox.
      const args = ['--no-sandbox', '--headless=new'];
      browser = await chromium.launch({ executablePath: program, args });
    });
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close();
    });
    afterAll(() => browser.close());
    suite(async () => {
      const page = await (await browser.newContext()).newPage();
      page.setDefaultTimeout(30_000);
      return page;
    });
  });
}
