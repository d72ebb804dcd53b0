// The figures of a test. Rates are percent, times of the test itself seconds, and no requests give zeros.
import type { Played } from './simulation.ts';

export function toSeconds(ms: number): number {
  return Math.round(ms * 1000) / 1_000_000;
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

export function least(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.min(...values);
}

export function most(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.max(...values);
}

export function countSuccesses(played: readonly Played[]): number {
  return played.filter(({ entry }) => entry.success).length;
}

export function toPercent(part: number, whole: number): number {
  return whole === 0 ? 0 : round((part / whole) * 100);
}

export function perSecond(count: number, ms: number): number {
  return ms === 0 ? 0 : round((count * 1000) / ms);
}
