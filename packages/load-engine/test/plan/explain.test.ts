import { describe, expect, it } from 'vitest';
import { explainPlan, listStarts } from '../../src/plan/explain.ts';
import { buildPlan } from '../../src/plan/plan.ts';

describe('a plan that is explained', () => {
  it('says its shape, its level over time and its first starts', () => {
    const text = explainPlan('shop', buildPlan({ rate: 0, stages: [{ rate: 10, durationMs: 10_000 }] }));
    expect(text).toContain(
      'shop\nup to 10 starts per second, at most 1,000 users; for 0:10, 50 starts in all',
    );
    expect(text).toContain('0:05          5 per second  ███████████████\n');
    expect(text).toContain('       0.000 s  iteration 1 starts\n       1.414 s  iteration 2 starts\n');
    expect(text.endsWith('  …\n')).toBe(true);
  });

  it('lists users who come and go, also of a load without an end', () => {
    const plan = buildPlan({
      stages: [
        { users: 2, durationMs: 2000 },
        { users: 0, durationMs: 0 },
        { users: 0, durationMs: 1000 },
      ],
    });
    expect(listStarts(plan, 10)).toEqual([
      { atMs: 0, what: 'user starts', number: 0 },
      { atMs: 1000, what: 'user starts', number: 1 },
      { atMs: 2000, what: 'user stops', number: 1 },
      { atMs: 2000, what: 'user stops', number: 0 },
    ]);
    expect(explainPlan('x', buildPlan({ users: 3 }))).toContain('3 users; until Ctrl-C, 5000 ms of grace');
  });
});
