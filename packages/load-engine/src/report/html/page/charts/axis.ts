/** Axes: where a value stands between 0 and 1, and which values are worth a line. */
import { formatMs } from '../../../format.ts';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface Axis {
  readonly min: number;
  readonly max: number;
  /** 0 at the lower end, 1 at the upper one. */
  place(value: number): number;
  /** About as many as asked for, in ascending order. */
  ticks(count: number): readonly Tick[];
}

/** What is less is as good as nothing, and no length for an axis. */
const LEAST = 1e-6;

/** From 0 to a round number that is not below `largest`, by steps of at least `finest`. */
export function createLinearAxis(largest: number, format: (value: number) => string, finest = 0): Axis {
  const top = largest > LEAST ? largest : 1;
  const step = Math.max(finest, toRoundStep(top / 4));
  const max = Math.ceil(top / step - 1e-9) * step;
  return {
    min: 0,
    max,
    place: (value) => value / max,
    ticks: (count) => {
      const gap = Math.max(finest, toRoundStep(max / Math.max(1, count)));
      const length = Math.floor(max / gap + 1e-9) + 1;
      return Array.from({ length }, (_, index) => ({ at: index * gap, label: format(index * gap) }));
    },
  };
}

const TIME_STEPS_S = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200,
  86_400,
];

/** Seconds since the start. */
export function createTimeAxis(lastSeconds: number): Axis {
  const max = lastSeconds > LEAST ? lastSeconds : 1;
  return {
    min: 0,
    max,
    place: (value) => value / max,
    ticks: (count) => {
      const finest = max > 3 ? 1 : 0;
      const gap =
        TIME_STEPS_S.find((step) => step >= finest && max / step <= count) ?? toRoundStep(max / count);
      const length = Math.floor(max / gap + 1e-9) + 1;
      return Array.from({ length }, (_, index) => ({ at: index * gap, label: formatElapsed(index * gap) }));
    },
  };
}

/** Milliseconds by orders of magnitude. */
export function createLogAxis(lowest: number, highest: number): Axis {
  const min = Math.max(lowest, LEAST);
  const max = highest > min * 1.001 ? highest : min * 2;
  const span = Math.log(max / min);
  return {
    min,
    max,
    place: (value) => (value > min ? Math.log(value / min) / span : 0),
    ticks: (count) => {
      const choices = [[1, 2, 5], [1, 3], [1]].map((factors) => listLogTicks(min, max, factors));
      const fitting = choices.find((ticks) => ticks.length <= count) ?? choices.at(-1) ?? [];
      const every = Math.ceil(fitting.length / Math.max(1, count));
      return fitting.filter((_, index) => index % every === 0).map((at) => ({ at, label: formatTickMs(at) }));
    },
  };
}

const NINES = [0.5, 0.75, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999];

/** Shares of 1, such that each further nine has as much room as the one before. */
export function createPercentileAxis(highestShare: number): Axis {
  const reach = toNines(Math.min(Math.max(highestShare, 0.9), 0.9999999));
  return {
    min: 0,
    max: highestShare,
    place: (share) => Math.min(1, toNines(share) / reach),
    ticks: (count) => {
      const shares = NINES.filter((share) => toNines(share) <= reach + 1e-9);
      const kept = shares.length > count ? shares.filter((share) => share !== 0.75) : shares;
      return kept.map((at) => ({ at, label: `${Number((at * 100).toPrecision(8))} %` }));
    },
  };
}

/** `0:05`, `12:30`, `1:02:03`; with tenths where there are any. */
export function formatElapsed(seconds: number): string {
  const tenths = Math.round(seconds * 10) / 10;
  const whole = Math.floor(tenths);
  const rest = Math.round((tenths - whole) * 10);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const text = `${String(whole % 60).padStart(2, '0')}${rest > 0 ? `.${rest}` : ''}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${text}` : `${minutes}:${text}`;
}

function toNines(share: number): number {
  return -Math.log10(1 - Math.min(share, 0.9999999));
}

function toRoundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const factor = [1, 2, 5, 10].find((each) => each * power >= atLeast * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function listLogTicks(min: number, max: number, factors: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power += 1) {
    for (const factor of factors) {
      const at = Number((factor * 10 ** power).toPrecision(3));
      if (at >= min * (1 - 1e-9) && at <= max * (1 + 1e-9)) ticks.push(at);
    }
  }
  return ticks;
}

/** A tick is a round number: `0.5`, not `0.500`. */
function formatTickMs(milliseconds: number): string {
  if (milliseconds >= 1000) return `${Number((milliseconds / 1000).toPrecision(3))} s`;
  return `${Number(formatMs(milliseconds))} ms`;
}
