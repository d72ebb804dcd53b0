import { describe, expect, it } from 'vitest';
import { judge } from '../../src/run/verdict.ts';

const GOOD = { planned: 1000, started: 1000, meanLatenessMs: 0.4, p50Ms: 20 };

describe('a run is invalid', () => {
  it('when more than 1 % of the planned starts were missed', () => {
    expect(judge(GOOD)).toEqual({ valid: true, reasons: [] });
    expect(judge({ ...GOOD, started: 990 }).valid).toBe(true);
    expect(judge({ ...GOOD, started: 989 })).toMatchObject({
      valid: false,
      reasons: [expect.stringContaining('11 of 1,000 planned starts (1.1 %) were missed')],
    });
  });

  it('when its own lateness is more than a tenth of the median, beside the tick of the plan', () => {
    expect(judge({ ...GOOD, meanLatenessMs: 3 }).valid).toBe(true);
    expect(judge({ ...GOOD, meanLatenessMs: 3.1 })).toMatchObject({
      valid: false,
      reasons: [expect.stringContaining('2.10 ms late on average')],
    });
    expect(judge({ ...GOOD, meanLatenessMs: 0.9, p50Ms: 0.1 }).valid).toBe(true);
  });

  it('never for want of a plan, or of anything measured', () => {
    expect(judge({ planned: null, started: 0, meanLatenessMs: null, p50Ms: 5 }).valid).toBe(true);
    expect(judge({ planned: 0, started: 0, meanLatenessMs: null, p50Ms: null }).valid).toBe(true);
  });
});
