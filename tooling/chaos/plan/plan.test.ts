import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from './faults.ts';
import { planSeed } from './plan.ts';

const plans = Array.from({ length: 500 }, (_, seed) => planSeed(seed));

describe('the plan of a seed', () => {
  it('is the same whenever the seed is the same', () => {
    expect(plans).toEqual(plans.map(({ seed }) => planSeed(seed)));
    expect(new Set(plans.map((plan) => JSON.stringify({ ...plan, seed: 0 }))).size).toBe(plans.length);
  });

  it('has every kind of fault in any five seeds in a row', () => {
    for (let first = 0; first < 100; first++) {
      const kinds = plans.slice(first, first + 5).flatMap(({ faults }) => faults.map(({ kind }) => kind));
      expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS));
    }
  });

  it('does everything that a seed can do, in five hundred', () => {
    const steps = new Set(plans.flatMap(({ campaigns }) => campaigns.flatMap((campaign) => campaign.steps)));
    const kinds = new Set([...steps].map(({ kind }) => kind));
    const all = ['pause', 'resume', 'stop', 'cleanup', 'purge', 'continue', 'generate'];
    expect([...kinds].sort()).toEqual(all.sort());
    expect([...steps].some(({ hangsUpAfterMs }) => hangsUpAfterMs !== null)).toBe(true);
    const files = plans.flatMap(({ faults }) =>
      faults.map((fault) => 'keepsFile' in fault && fault.keepsFile),
    );
    expect(new Set(files)).toEqual(new Set([true, false]));
    expect(new Set(plans.map(({ workers }) => workers))).toEqual(new Set([2, 3, 4]));
  });

  it('kills ten times in a campaign that no time limit ends', () => {
    for (const { campaigns, faults } of plans) {
      for (const fault of faults) {
        if (fault.kind !== 'ten-kills') continue;
        expect(fault.kills).toHaveLength(10);
        expect(campaigns[fault.campaign]).toMatchObject({ durationMinutes: null, steps: [] });
        expect(faults).toHaveLength(1);
      }
    }
  });

  it('aims at campaigns that it has, and is over in time', () => {
    for (const { campaigns, faults } of plans) {
      for (const fault of faults) {
        if ('moment' in fault) expect(campaigns[fault.moment.campaign]).toBeDefined();
      }
      for (const { steps, startsAfterMs } of campaigns) {
        expect(steps.reduce((sum, { afterMs }) => sum + afterMs, startsAfterMs)).toBeLessThan(9000);
      }
    }
  });

  it('asks nothing more of a campaign after it hung up', () => {
    for (const { campaigns } of plans) {
      for (const { steps } of campaigns) {
        expect(steps.slice(0, -1).every(({ hangsUpAfterMs }) => hangsUpAfterMs === null)).toBe(true);
      }
    }
  });
});
