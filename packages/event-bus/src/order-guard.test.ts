import { expect, it } from 'vitest';
import { createOrderGuard } from './order-guard.ts';

it('lets each event of a publisher pass once, and none that is older than one that has passed', () => {
  const guard = createOrderGuard();
  expect([0, 1, 1, 0, 5, 4, 6].map((sequence) => guard.accepts('a', sequence))).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
    true,
  ]);
  expect(guard.accepts('b', 0)).toBe(true);
});

it('forgets the publisher that was silent longest', () => {
  const guard = createOrderGuard(2);
  expect(guard.accepts('a', 1)).toBe(true);
  expect(guard.accepts('b', 1)).toBe(true);
  expect(guard.accepts('a', 2)).toBe(true);
  expect(guard.accepts('c', 1)).toBe(true);
  expect(guard.accepts('a', 2)).toBe(false);
  expect(guard.accepts('b', 1)).toBe(true);
});
