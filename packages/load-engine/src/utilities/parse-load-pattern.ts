/** Load patterns as they are written on a command line: `ramp:10:100:60`. */
import { constantLoad, type LoadPattern, rampUp, spikeTest, stressTest } from './load-patterns.ts';

interface PatternType {
  /** What stands after the name; those from the first with a `[` on may be left out. */
  readonly parts: readonly string[];
  readonly create: (...values: number[]) => LoadPattern;
}

const BASE_SECONDS = 60;

const TYPES: Readonly<Record<string, PatternType>> = {
  constant: { parts: ['USERS', 'SECONDS'], create: (users = 0, seconds = 0) => constantLoad(users, seconds) },
  ramp: {
    parts: ['START', 'END', 'SECONDS'],
    create: (start = 0, end = 0, seconds = 0) => rampUp(start, end, seconds),
  },
  spike: {
    parts: ['BASE', 'SPIKE', 'SPIKE_SECONDS', '[BASE_SECONDS]'],
    create: (base = 0, spike = 0, spikeSeconds = 0, baseSeconds = BASE_SECONDS) =>
      spikeTest(base, spike, spikeSeconds, baseSeconds),
  },
  stress: {
    parts: ['MAX', '[STEP_USERS]', '[STEP_SECONDS]'],
    create: (max = 0, stepSize, stepDuration) => stressTest(max, { stepSize, stepDuration }),
  },
};

/**
 * Reads `constant:USERS:SECONDS`, `ramp:START:END:SECONDS`, `spike:BASE:SPIKE:SPIKE_SECONDS[:BASE_SECONDS]` and
 * `stress:MAX[:STEP_USERS[:STEP_SECONDS]]`. Throws a RangeError that says what is wrong.
 */
export function parseLoadPattern(text: string): LoadPattern {
  const [name = '', ...values] = text.trim().split(':');
  const key = name.toLowerCase();
  const type = Object.hasOwn(TYPES, key) ? TYPES[key] : undefined;
  if (type === undefined) {
    throw new RangeError(
      `Unknown load pattern type: ${key} (known are ${Object.keys(TYPES).map(toForm).join(', ')})`,
    );
  }
  const required = type.parts.filter((part) => !part.startsWith('[')).length;
  const fits = values.length >= required && values.length <= type.parts.length;
  if (!fits || !values.every((value) => /^\d{1,9}$/.test(value))) {
    throw new RangeError(`expected a load pattern ${toForm(key)}, all whole numbers, got "${text}"`);
  }
  return type.create(...values.map(Number));
}

/** `spike:BASE:SPIKE:SPIKE_SECONDS[:BASE_SECONDS]` */
function toForm(name: string): string {
  const parts = TYPES[name]?.parts ?? [];
  return `${name}${parts.map((part) => (part.startsWith('[') ? `[:${part.slice(1)}` : `:${part}`)).join('')}`;
}
