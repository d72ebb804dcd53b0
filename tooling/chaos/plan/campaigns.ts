// Campaigns of a seed, and what is done to each while it runs.
import type { Random } from './random.ts';

export const REQUESTS_PER_MINUTE = 6000;
const RUN_MS = 3000;
const DURATION_MINUTES = RUN_MS / 60_000;

export type StepKind = 'pause' | 'resume' | 'stop' | 'cleanup' | 'purge' | 'continue' | 'generate';

export interface Step {
  readonly kind: StepKind;
  /** After the answer to the step before, in milliseconds. */
  readonly afterMs: number;
  /** The asker hangs up so long after it asked, and has to find out by reading; null: it waits for the answer. */
  readonly hangsUpAfterMs: number | null;
}

export interface CampaignPlan {
  readonly durationMinutes: number | null;
  /** After the begin of the seed, in milliseconds. */
  readonly startsAfterMs: number;
  readonly seed: number;
  readonly latencyMs: readonly [least: number, most: number];
  readonly isRandomlyTimed: boolean;
  readonly steps: readonly Step[];
}

/** Runs until its time is over, with a pause at most: something that faults can hit. */
export function planSteadyCampaign(random: Random): CampaignPlan {
  const steps = random.chance(0.3) ? planPause(random) : [];
  return { ...planSettings(random), durationMinutes: DURATION_MINUTES, steps };
}

export function planCampaign(random: Random): CampaignPlan {
  return { ...planSettings(random), durationMinutes: DURATION_MINUTES, steps: planSteps(random) };
}

/** Runs until it is stopped. */
export function planEndlessCampaign(random: Random): CampaignPlan {
  return { ...planSettings(random), durationMinutes: null, startsAfterMs: 0, steps: [] };
}

function planSettings(random: Random) {
  return {
    startsAfterMs: random.integer(0, 800),
    seed: random.integer(0, 2 ** 31 - 1),
    latencyMs: random.pick<readonly [number, number]>([
      [20, 20],
      [5, 120],
      [50, 500],
    ]),
    isRandomlyTimed: random.chance(0.7),
  };
}

function planSteps(random: Random): Step[] {
  const pauses = random.chance(0.45) ? random.integer(1, 2) : 0;
  const steps = Array.from({ length: pauses }, () => planPause(random)).flat();
  return [...steps, ...planEnd(random)];
}

function planPause(random: Random): Step[] {
  return [step('pause', random.integer(0, 1400)), step('resume', random.integer(0, 700))];
}

/** Most run until their time is over. */
function planEnd(random: Random): Step[] {
  if (random.chance(0.45)) return [];
  const end = random.pick<StepKind>(['stop', 'stop', 'cleanup', 'purge']);
  const before = random.chance(0.2) ? [step('pause', random.integer(0, 800))] : [];
  const afterMs = random.integer(0, 1800);
  // Who hangs up does nothing after it: what was asked may take effect later than what is asked next.
  if (random.chance(0.35)) return [...before, { kind: end, afterMs, hangsUpAfterMs: random.integer(0, 12) }];
  const again = random.chance(0.3);
  const next: StepKind = end === 'stop' && random.chance(0.5) ? 'continue' : 'generate';
  return [...before, step(end, afterMs), ...(again ? [step(next, random.integer(0, 500))] : [])];
}

function step(kind: StepKind, afterMs: number): Step {
  return { kind, afterMs, hangsUpAfterMs: null };
}
