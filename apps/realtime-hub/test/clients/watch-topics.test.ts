// The page of docs/examples/watch-topics on the real hub.
import { describeInChromium } from '@trafficflux/tooling/test-browser';
import { type ServedPage, servePage } from '@trafficflux/tooling/watch-topics';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Hub, PASSWORD, startHub } from '../service.ts';

let hub: Hub;
let served: ServedPage;

beforeAll(async () => {
  hub = await startHub({ ALLOWED_ORIGINS: 'https://elsewhere.example' });
  const topics = ['campaigns.session_1', 'users.{me}.automation'];
  const address = `http://127.0.0.1:${await hub.port()}`;
  await hub.addAccount('watcher');
  served = await servePage({ hub: address, port: 0, topics });
});

afterAll(async () => {
  await served.close();
  await hub.close();
});

async function logIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('Username or e-mail').fill('watcher');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in and watch' }).click();
}

describeInChromium('the page that watches topics', (open) => {
  it('logs in, shows what services publish as it happens, and ends its session', async () => {
    const page = await open();
    await page.goto(served.url);
    await logIn(page, 'wrong');
    await page.getByText('Invalid username or password').waitFor();
    await logIn(page, PASSWORD);
    await page.getByText('Live').waitFor();
    await page.getByLabel('Subscribed topics').getByText('campaigns.session_1').waitFor();

    const topic = 'campaigns.session_1';
    const data = { type: 'progress', total_requests: 42, progress_percentage: 30, '<b>': '<i>bold</i>' };
    await expect
      .poll(async () => {
        await hub.stores.bus.publish(topic, data);
        return page.getByText('total requests 42').count();
      })
      .toBeGreaterThan(0);
    await page.getByText('total requests 42').first().click();
    await page.getByText('"progress_percentage": 30').waitFor();
    expect(await page.locator('#feed i', { hasText: 'bold' }).count()).toBe(0);

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Log in and watch' }).waitFor();
    const { rows } = await hub.sql.query('SELECT count(*)::int AS count FROM login_sessions');
    expect(rows).toEqual([{ count: 0 }]);
  });

  it('says which topic the hub refuses, and goes on with the others', async () => {
    const page = await open();
    await page.goto(served.url);
    await logIn(page, PASSWORD);
    await page.getByText('Live').waitFor();
    await page.getByLabel('Topic', { exact: true }).fill('users.user_somebody.automation');
    await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
    await page.getByText('This topic belongs to another user.').waitFor();
    expect(await page.getByLabel('Subscribed topics').getByRole('listitem').count()).toBe(2);
  });
});
