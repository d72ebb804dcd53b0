import { describe, expect, test } from 'vitest';
import { RateLimits, rateLimited } from './rate-limits.ts';
import { TokenBucket } from './token-bucket.ts';

const OFF = { perSecond: 0, burst: 0 };

describe('a bucket', () => {
  test('gives its burst at once, and then what flows in', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0);
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 0]);
    expect(bucket.take(0)).toBe(100);
    expect(bucket.take(60)).toBe(40);
    expect(bucket.take(100)).toBe(0);
    expect(bucket.take(100_000)).toBe(0);
    expect([bucket.take(100_000), bucket.take(100_000), bucket.take(100_000)]).toEqual([0, 0, 100]);
  });

  test('limits nothing with 0', () => {
    for (const limit of [OFF, { perSecond: 1, burst: 0 }, { perSecond: 0, burst: 1 }]) {
      const bucket = new TokenBucket(limit, 0);
      expect(Array.from({ length: 10 }, () => bucket.take(0))).toEqual(Array(10).fill(0));
    }
  });
});

describe('the limits', () => {
  test('give back to the wider what a narrower one refused', () => {
    const limits = new RateLimits(
      {
        global: { perSecond: 1, burst: 3 },
        user: { perSecond: 1, burst: 2 },
        connection: { perSecond: 1, burst: 1 },
      },
      0,
    );
    const user = limits.createUserBucket(0);
    const [first, second] = [limits.createAllowance(user, 0), limits.createAllowance(user, 0)];
    expect(limits.take(first, 0)).toBeNull();
    expect(limits.take(first, 0)).toMatchObject({ limit: 'connection', retryAfterMs: 1000 });
    expect(limits.take(second, 0)).toBeNull();
    const third = limits.createAllowance(user, 0);
    expect(limits.take(third, 0)).toMatchObject({ limit: 'user' });
    const other = limits.createAllowance(limits.createUserBucket(0), 0);
    expect(limits.take(other, 0)).toBeNull();
    expect(limits.take(limits.createAllowance(null, 0), 0)).toMatchObject({
      limit: 'global',
      isFlood: false,
    });
  });

  test('tell a flood from one message too many', () => {
    const limits = new RateLimits({ global: OFF, user: OFF, connection: { perSecond: 1, burst: 2 } }, 0);
    const allowance = limits.createAllowance(null, 0);
    const results = Array.from({ length: 5 }, () => limits.take(allowance, 0)?.isFlood ?? null);
    expect(results).toEqual([null, null, false, false, true]);
  });

  test('say how long to wait', () => {
    const error = rateLimited({ limit: 'user', retryAfterMs: 12, isFlood: false });
    expect(error).toMatchObject({ code: 429, details: { retry_after_ms: 12, limit: 'user' } });
  });
});
