import { describe, expect, it } from 'vitest';
import { createConfig } from '../../../test/journeys/journey-config.ts';
import type { JourneyStep } from '../journey.ts';
import { beginTrip } from '../thread/trip.ts';
import { rehearse } from './dry-run.ts';

async function play(targetDomain: string, changes: Parameters<typeof createConfig>[0] = {}) {
  const steps: JourneyStep[] = [];
  const order = {
    sessionId: '0123456789abcdef01234567',
    journey: 1,
    userId: 'user_1',
    searchKeyword: 'keyboard',
    targetDomain,
    driver: 'dry-run',
  } as const;
  const trip = beginTrip(order, createConfig(changes), (step) => steps.push(step));
  const end = await trip.endOf(rehearse(trip));
  return { end, steps };
}

describe('a rehearsal', () => {
  it('walks the steps of a visit', async () => {
    const { end, steps } = await play('shop.example/keyboards?page=1', { pages: 2 });
    expect(end).toEqual({ status: 'completed' });
    expect(steps.map(({ action, url }) => [action, url])).toEqual([
      ['robots', 'http://shop.example/robots.txt'],
      ['visit', 'http://shop.example/keyboards?page=1'],
      ['search', null],
      ['pause', null],
      ['follow', null],
      ['search', null],
    ]);
  });

  it('says of every step that nothing was sent, and makes no figure up', async () => {
    const { steps } = await play('https://shop.example', { pages: 3 });
    for (const step of steps) {
      expect(step).toMatchObject({ outcome: 'rehearsed', status: null, bytes: null, matches: null });
      expect(step.note).toMatch(/^Rehearsed, nothing was sent: .+\.$/);
    }
  });

  it('pauses as a visit does, the same every time for a seed', async () => {
    const config = { pages: 3, pauseMs: { min: 10, max: 30 }, seed: 42 };
    const { steps } = await play('shop.example', config);
    const pauses = steps.filter(({ action }) => action === 'pause').map(({ durationMs }) => durationMs);
    expect(pauses).toHaveLength(2);
    for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(9);
  });

  it('fails for what is no target', async () => {
    expect((await play('ftp://shop.example')).end.status).toBe('failed');
  });
});
