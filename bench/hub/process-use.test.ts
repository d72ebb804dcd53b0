import { describe, expect, it } from 'vitest';
import { parseCpuSeconds } from './process-use.ts';

describe('the CPU time of a process', () => {
  it('is its user and system time, whatever its name', () => {
    const numbers = 'S 1 2 3 4 5 6 7 8 9 10 1150 250 0 0 20 0 11 0';
    expect(parseCpuSeconds(`4711 (node) ${numbers}`)).toBe(14);
    expect(parseCpuSeconds(`4711 (a b) 9 (c) ${numbers}`)).toBe(14);
  });
});
