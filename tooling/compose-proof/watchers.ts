// People who watch: one at the terminal, one in a browser where this machine has one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../test-stores/find-browser.ts';
import { servePage } from '../watch-topics/serve-page.ts';

export interface Watcher {
  readonly username: string;
  readonly password: string;
}

export interface Watching {
  /** Resolves when an event was seen; rejects when none came in time. */
  seen(): Promise<void>;
  close(): Promise<void>;
}

const platform = join(import.meta.dirname, '../../apps/platform/src/main.ts');
const seenWithinMs = 60_000;

/** `npm run topics -- TOPIC`, as people type it. Resolves when it is subscribed. */
export async function watchInTerminal(
  url: string,
  { username, password }: Watcher,
  topic: string,
): Promise<Watching> {
  const flags = ['--url', url, '--user', username, '--password', password, '--json', '-n', '1'];
  const child = spawn(process.execPath, [platform, 'topics', ...flags, topic], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [shown, said] = ['', ''];
  child.stdout.on('data', (chunk) => {
    shown += chunk;
  });
  const ended = once(child, 'exit');
  await Promise.race([
    ended,
    new Promise<void>((resolve) => {
      child.stderr.on('data', (chunk) => {
        said += chunk;
        if (said.includes('Subscribed to')) resolve();
      });
    }),
  ]);
  return {
    async seen() {
      const limit = setTimeout(() => child.kill(), seenWithinMs);
      const [code] = await ended;
      clearTimeout(limit);
      assert.equal(code, 0, `npm run topics ended with ${code}: ${said}`);
      assert.equal(JSON.parse(shown).topic, topic);
    },
    async close() {
      child.kill();
      await ended;
    },
  };
}

/** The page of `npm run watch` in a browser; null where the machine has none. */
export async function watchInBrowser(
  url: string,
  { username, password }: Watcher,
  topic: string,
): Promise<Watching | null> {
  const executablePath = findChromium();
  if (executablePath === null) return null;
  const served = await servePage({ hub: url, port: 0, topics: [topic] });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--headless=new'] });
  const page = await browser.newPage();
  await page.goto(served.url);
  await page.getByLabel('Username or e-mail').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in and watch' }).click();
  await page.getByText('Live').waitFor();
  return {
    seen: () => page.locator('#feed').getByText(topic).first().waitFor({ timeout: seenWithinMs }),
    async close() {
      await browser.close();
      await served.close();
    },
  };
}
