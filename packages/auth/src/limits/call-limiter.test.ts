import { AppError } from '@trafficflux/service-kit';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CallLimiter, createCallLimiter } from './call-limiter.ts';

const [LIMIT, WINDOW_MS] = [10, 60_000];

describe('the call limiter', () => {
  let nowMs: number;
  let limiter: CallLimiter;
  const create = (limit = LIMIT) =>
    createCallLimiter({ limit, windowSeconds: WINDOW_MS / 1000, sentence: 'Later.', now: () => nowMs });

  beforeEach(() => {
    nowMs = 1_000_000;
    limiter = create();
  });

  /** The error of a refused call, else undefined. */
  function tryCall(call: () => void): AppError | undefined {
    try {
      call();
      return undefined;
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }
  const passes = (key: string) => tryCall(() => limiter.count(key)) === undefined;

  it('refuses the call after the last one, says when to come back, and lets it pass then', () => {
    for (let call = 0; call < LIMIT; call++) expect(passes('ann')).toBe(true);
    const refusal = tryCall(() => limiter.count('ann'));
    expect([refusal?.kind, refusal?.message]).toEqual(['rate-limited', 'Later.']);
    nowMs += (refusal?.retryAfterSeconds ?? 0) * 1000 - 1;
    expect(passes('ann')).toBe(false);
    nowMs += 1;
    expect(passes('ann')).toBe(true);
  });

  it('counts each key for itself', () => {
    for (let call = 0; call < LIMIT; call++) limiter.count('ann');
    expect([passes('ann'), passes('bob')]).toEqual([false, true]);
  });

  it('counts an IPv6 customer as one address', () => {
    const from = (host: number) => tryCall(() => limiter.countAddress(`2001:db8:1:2::${host}`));
    for (let host = 1; host <= LIMIT; host++) expect(from(host)).toBeUndefined();
    expect(from(99)?.kind).toBe('rate-limited');
    expect(tryCall(() => limiter.countAddress('2001:db8:1:3::1'))).toBeUndefined();
  });

  it('is switched off by 0', () => {
    limiter = create(0);
    for (let call = 0; call < 1000; call++) expect(passes('ann')).toBe(true);
  });

  it('never lets more than the limit pass in any window, and not much less over time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 20, maxLength: 200 }),
        (pauses) => {
          limiter = create();
          const passed: number[] = [];
          for (const pause of pauses) {
            nowMs += pause;
            if (passes('ann')) passed.push(nowMs);
            else
              expect(
                passed.filter((at) => at > nowMs - WINDOW_MS * (1 + 1 / 15)).length,
              ).toBeGreaterThanOrEqual(LIMIT);
          }
          for (const [index, at] of passed.entries()) {
            const before = passed[index - LIMIT];
            if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(WINDOW_MS);
          }
        },
      ),
    );
  });

  it('S40 keeps a bounded number of keys, and forgets the least used', () => {
    limiter = create(1);
    limiter.count('first');
    for (let key = 0; key < 100_000; key++) limiter.count(String(key));
    expect([passes('first'), passes('99999')]).toEqual([true, false]);
  });
});
