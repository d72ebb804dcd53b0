import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSlots, firstSlotAt, slotTimeMs } from './pacing.ts';

const rates = fc.oneof(fc.integer({ min: 1, max: 6000 }), fc.double({ min: 0.01, max: 6000, noNaN: true }));
/** A year at the highest rate. */
const slots = fc.integer({ min: 0, max: 3_000_000_000 });

describe('the grid', () => {
  it('finds a slot again by its own time, whatever floating point makes of it', () => {
    fc.assert(
      fc.property(slots, rates, (slot, rate) => {
        expect(firstSlotAt(slotTimeMs(slot, rate), rate)).toBe(slot);
      }),
    );
  });

  it('calls the first slot after a moment the first that is not over', () => {
    fc.assert(
      fc.property(slots, rates, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (slot, rate, part) => {
        const moment = slotTimeMs(slot, rate) + (part * 60_000) / rate;
        expect(firstSlotAt(moment, rate)).toBe(slot + 1);
      }),
      { examples: [[0, 6000, 0.5]] },
    );
  });

  it('begins at once, and has nothing before it', () => {
    expect(slotTimeMs(0, 7)).toBe(0);
    expect(firstSlotAt(0, 7)).toBe(0);
    expect(firstSlotAt(-5000, 7)).toBe(0);
  });
});

describe('the number of slots', () => {
  it.each([
    [600, 0.1, 60],
    [6000, 0.05, 300],
    [60, 0.51, 31],
    [1, 0.01, 1],
    [7, 3, 21],
    [0.3, 10, 3],
    [6000, 1e300, Number.MAX_SAFE_INTEGER],
    [10, null, null],
  ])('of %d a minute for %d minutes is %d', (rate, minutes, count) => {
    expect(countSlots(rate, minutes)).toBe(count);
  });

  it('is that of all slots due before the end', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 10_000 }), (rate, minutes) => {
        const count = countSlots(rate, minutes) ?? 0;
        const gapMs = 60_000 / rate;
        expect(slotTimeMs(count - 1, rate)).toBeLessThan(minutes * 60_000 + gapMs * 1e-3);
        expect(slotTimeMs(count, rate)).toBeGreaterThan(minutes * 60_000 - gapMs * 1e-3);
      }),
    );
  });
});
