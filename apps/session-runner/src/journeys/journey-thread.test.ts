import { afterEach, describe, expect, it } from 'vitest';
import { createConfig } from '../../test/journeys/journey-config.ts';
import { createTestPool, startJourney, type TestPool } from '../../test/journeys/pool.ts';
import { type Page, type Site, startSite } from '../../test/journeys/site.ts';

const THREAD = new URL('./journey-thread.ts', import.meta.url);
const SOON = { timeout: 20_000 };

let pool: TestPool | undefined;
let site: Site | undefined;

afterEach(async () => {
  await pool?.close();
  await site?.close();
  pool = undefined;
  site = undefined;
});

async function open(pages: Record<string, Page>, config = {}) {
  site = await startSite(pages);
  pool = createTestPool({ threadFile: THREAD, config: createConfig(config) });
  return { site, pool };
}

describe('a journey in a thread', () => {
  it('visits a listed target, and tells its steps as they are made', async () => {
    let release: () => void = () => undefined;
    const { site, pool } = await open({
      '/': '<p>keyboard</p><a href="/keyboard">x</a>',
      '/keyboard': (_request, answer) => {
        release = () => answer.setHeader('content-type', 'text/html').end('keyboard');
      },
    });
    const journey = startJourney(pool, 'keyboard', { driver: 'http', targetDomain: site.origin });
    await expect.poll(() => site.asked, SOON).toContain('/keyboard');
    await expect
      .poll(() => journey.steps.map(({ action }) => action), SOON)
      .toEqual(['robots', 'visit', 'search', 'pause']);
    expect(pool.counts).toEqual({ threads: 2, running: 1, waiting: 0 });
    release();
    expect(await journey.ended).toEqual({ status: 'completed' });
    expect(journey.steps.map(({ matches }) => matches)).toEqual([null, null, 1, null, null, 1]);
    await expect.poll(() => site.countOpen(), SOON).toBe(0);
  });

  it('rehearses every other target without a connection', async () => {
    const { site, pool } = await open({ '/': 'keyboard' }, { pages: 2 });
    const journey = startJourney(pool, 'keyboard', { driver: 'dry-run', targetDomain: site.origin });
    expect(await journey.ended).toEqual({ status: 'completed' });
    expect(new Set(journey.steps.map(({ outcome }) => outcome))).toEqual(new Set(['rehearsed']));
    expect(site.connections).toBe(0);
  });

  it('sends nothing when it was stopped while its thread was starting', async () => {
    const { site, pool } = await open({ '/': 'keyboard', '/other': 'keyboard' });
    const order = { driver: 'http', targetDomain: site.origin } as const;
    const hasty = [1, 2].map((journey) => startJourney(pool, 'keyboard', { ...order, journey }));
    for (const journey of hasty) journey.stop();
    const later = startJourney(pool, 'keyboard', { ...order, targetDomain: `${site.origin}/other` });
    expect(await later.ended).toEqual({ status: 'completed' });
    expect(site.asked).toEqual(['/robots.txt', '/other']);
  });

  it('stops while its target hangs, and its thread takes the next one', async () => {
    const { site, pool } = await open({ '/': () => undefined });
    const journeys = [1, 2].map((journey) =>
      startJourney(pool, 'keyboard', { journey, driver: 'http', targetDomain: site.origin }),
    );
    await expect.poll(() => site.asked.filter((path) => path === '/'), SOON).toHaveLength(2);
    for (const journey of journeys) journey.stop();
    for (const journey of journeys) {
      expect(await journey.ended).toEqual({ status: 'stopped' });
      // The thread itself said so: it was not ended for it.
      expect(journey.steps.at(-1)?.note).toBe('The journey was stopped.');
    }
    expect(pool.livingWorkers).toHaveLength(2);
    const next = startJourney(pool, 'keyboard', { targetDomain: 'shop.example' });
    expect(await next.ended).toEqual({ status: 'completed' });
    expect(pool.workers).toHaveLength(2);
    await expect.poll(() => site.countOpen(), SOON).toBe(0);
  });

  it('keeps the pace of its thread from one journey to the next', async () => {
    const { site, pool } = await open({ '/': 'keyboard' }, { requestsPerSecond: 4 });
    const order = { driver: 'http', targetDomain: site.origin } as const;
    const first = startJourney(pool, 'keyboard', order);
    expect(await first.ended).toEqual({ status: 'completed' });
    const second = startJourney(pool, 'keyboard', order);
    expect(await second.ended).toEqual({ status: 'completed' });
    expect(pool.workers).toHaveLength(1);
    const starts = [...first.steps, ...second.steps]
      .filter(({ action }) => action === 'robots' || action === 'visit')
      .map(({ startedAtMs }) => startedAtMs);
    for (const [index, start] of starts.slice(1).entries())
      expect(start - (starts[index] ?? 0)).toBeGreaterThanOrEqual(248);
  });
});
