import { AppError } from '@trafficflux/service-kit';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { toAddressKey } from './address-key.ts';
import { MemoryLoginLimiter } from './login-limiter-memory.ts';

const LIMITS = { perAccountAndAddress: 10, perAddress: 100, windowSeconds: 60 };
const succeed = async () => 'in';
const fail = async () => {
  throw new AppError('unauthorized', 'Password is not correct');
};

describe('the login limiter', () => {
  let now: number;
  let limiter: MemoryLoginLimiter;

  beforeEach(() => {
    now = 1_000_000;
    limiter = new MemoryLoginLimiter(LIMITS, () => now);
  });

  const kindOf = (account: string, address: string, login: () => Promise<unknown> = fail): Promise<string> =>
    limiter.attempt({ account, address }, login).then(
      () => 'in',
      (error: unknown) => (error instanceof AppError ? error.kind : 'thrown'),
    );
  const failTimes = async (times: number, account: string, address: string) => {
    for (let index = 0; index < times; index++) await kindOf(account, address);
  };

  it('S14 refuses the eleventh attempt on one account from one address, even with the right password', async () => {
    await failTimes(9, 'ann', '10.0.0.1');
    expect(await kindOf('ann', '10.0.0.1')).toBe('unauthorized');
    expect(await kindOf('ann', '10.0.0.1', succeed)).toBe('rate-limited');
  });

  it('S14 does not lock an account out: the right password from elsewhere works', async () => {
    await failTimes(50, 'ann', '10.0.0.1');
    expect(await kindOf('ann', '10.0.0.2', succeed)).toBe('in');
    expect(await kindOf('bob', '10.0.0.1', succeed)).toBe('in');
  });

  it('S14 refuses an address after 100 failures on any accounts', async () => {
    for (let index = 0; index < 100; index++)
      expect(await kindOf(`user ${index}`, '10.0.0.1')).toBe('unauthorized');
    expect(await kindOf('ann', '10.0.0.1', succeed)).toBe('rate-limited');
    expect(await kindOf('ann', '10.0.0.2', succeed)).toBe('in');
  });

  it('S14 lets no parallel attempt slip past the limit', async () => {
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => kindOf('ann', '10.0.0.1')));
    expect(outcomes.filter((outcome) => outcome === 'unauthorized')).toHaveLength(10);
    expect(outcomes.filter((outcome) => outcome === 'rate-limited')).toHaveLength(190);
  });

  it('refuses none of a thousand right passwords at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, () => kindOf('ann', '10.0.0.1', succeed)),
    );
    expect(new Set(outcomes)).toEqual(new Set(['in']));
  });

  it('says how long to wait, and forgets a failure when it leaves the window', async () => {
    await failTimes(1, 'ann', '10.0.0.1');
    now += 20_000;
    await failTimes(9, 'ann', '10.0.0.1');
    await expect(limiter.attempt({ account: 'ann', address: '10.0.0.1' }, succeed)).rejects.toMatchObject({
      retryAfterSeconds: 40,
    });
    now += 40_000;
    expect(await kindOf('ann', '10.0.0.1')).toBe('unauthorized');
    expect(await kindOf('ann', '10.0.0.1')).toBe('rate-limited');
  });

  it('counts an unknown account as a failure, and a broken store as nothing', async () => {
    const unknown = async () => {
      throw new AppError('not-found', 'Username does not exists');
    };
    const broken = async () => {
      throw new AppError('unavailable', 'The database is out of reach.');
    };
    for (let index = 0; index < 20; index++)
      expect(await kindOf('ann', '10.0.0.1', broken)).toBe('unavailable');
    for (let index = 0; index < 10; index++)
      expect(await kindOf('ann', '10.0.0.1', unknown)).toBe('not-found');
    expect(await kindOf('ann', '10.0.0.1', succeed)).toBe('rate-limited');
  });

  it('switches a limit off with 0', async () => {
    limiter = new MemoryLoginLimiter(
      { perAccountAndAddress: 0, perAddress: 0, windowSeconds: 60 },
      () => now,
    );
    for (let index = 0; index < 200; index++) expect(await kindOf('ann', '10.0.0.1')).toBe('unauthorized');
  });

  it('never runs more failures in a window than the limit, in any order of outcomes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        async (outcomes, limit) => {
          const limited = new MemoryLoginLimiter(
            { perAccountAndAddress: limit, perAddress: 0, windowSeconds: 60 },
            () => now,
          );
          const results = await Promise.allSettled(
            outcomes.map((isGood) =>
              limited.attempt({ account: 'a', address: 'b' }, isGood ? succeed : fail),
            ),
          );
          const failures = results.filter(
            (result) => result.status === 'rejected' && result.reason.kind === 'unauthorized',
          );
          expect(failures).toHaveLength(Math.min(limit, outcomes.filter((isGood) => !isGood).length));
        },
      ),
    );
  });
});

describe('the address that a limit counts by', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s counts as %s', (address, key) => {
    expect(toAddressKey(address)).toBe(key);
  });
});
