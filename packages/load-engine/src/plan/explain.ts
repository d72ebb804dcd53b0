/** A plan that people can check before anything is sent: its shape over time, and its first starts to the millisecond. */
import { toClock } from '../durations.ts';
import { formatCount } from '../report/format.ts';
import { ArrivalSchedule, countArrivals } from './arrival-schedule.ts';
import { describeShape } from './describe.ts';
import type { LoadPlan } from './plan.ts';
import { levelAt, toEndMs } from './segment.ts';
import { UserSchedule } from './user-schedule.ts';

const ROWS = 12;
const FIRST_STARTS = 10;
const BAR = 30;

/** One start, as the plan has it. */
export interface PlannedStart {
  readonly atMs: number;
  /** `user` comes or goes in a loop; `iteration` is started by the clock. */
  readonly what: 'user starts' | 'user stops' | 'iteration starts';
  /** The user's index, or the iteration's number, from 0. */
  readonly number: number;
}

/** Several lines, the last one with its line break. */
export function explainPlan(name: string, plan: LoadPlan): string {
  const first = listStarts(plan, FIRST_STARTS + 1);
  const more = first.length > FIRST_STARTS ? ['  …'] : [];
  return `${[
    name,
    `${describeShape(plan)}; ${describeEnd(plan)}`,
    '',
    ...drawLevels(plan),
    '',
    plan.model === 'open' ? 'The first starts, from the start of the run:' : 'Who comes and goes first:',
    ...first.slice(0, FIRST_STARTS).map(describeStart),
    ...more,
  ].join('\n')}\n`;
}

/** The first starts of a plan, in their order. */
export function listStarts(plan: LoadPlan, limit: number): PlannedStart[] {
  return plan.model === 'open' ? listArrivals(plan, limit) : listUsers(plan, limit);
}

function listArrivals({ segments }: LoadPlan, limit: number): PlannedStart[] {
  const schedule = new ArrivalSchedule(segments);
  const starts: PlannedStart[] = [];
  for (let next = schedule.peek(); next !== null && starts.length < limit; next = schedule.peek()) {
    starts.push({ atMs: next.atMs, what: 'iteration starts', number: next.number });
    schedule.take();
  }
  return starts;
}

function listUsers({ segments }: LoadPlan, limit: number): PlannedStart[] {
  const schedule = new UserSchedule(segments);
  const changes: PlannedStart[] = [];
  for (let next = schedule.peek(); next !== null && changes.length < limit; next = schedule.peek()) {
    const what = next.kind === 'start' ? 'user starts' : 'user stops';
    changes.push({ atMs: next.atMs, what, number: next.index });
    schedule.take();
  }
  return changes;
}

function describeStart({ atMs, what, number }: PlannedStart): string {
  return `  ${`${(atMs / 1000).toFixed(3)} s`.padStart(12)}  ${what.replace(' ', ` ${formatCount(number + 1)} `)}`;
}

function describeEnd(plan: LoadPlan): string {
  const { durationMs, iterations, iterationsPerUser, graceMs } = plan;
  const ends = [
    durationMs === null ? 'until Ctrl-C' : `for ${toClock(durationMs)}`,
    iterations === null ? '' : `at most ${formatCount(iterations)} iterations`,
    iterationsPerUser === null ? '' : `${formatCount(iterationsPerUser)} iterations for each user`,
    plan.model === 'open' && durationMs !== null
      ? `${formatCount(countArrivals(plan.segments))} starts in all`
      : '',
    `${graceMs} ms of grace at the end`,
  ];
  return ends.filter((text) => text !== '').join(', ');
}

/** The level at evenly spread moments, as numbers and bars. */
function drawLevels({ segments, model }: LoadPlan): string[] {
  const endMs = toEndMs(segments);
  const lastMs = Number.isFinite(endMs) ? endMs : (segments.at(-1)?.fromMs ?? 0) + 1000;
  const moments = Array.from({ length: ROWS + 1 }, (_, row) => (row * lastMs) / ROWS);
  const levels = moments.map((atMs) => levelAt(segments, atMs));
  const peak = Math.max(...levels, Number.MIN_VALUE);
  const unit = model === 'open' ? 'per second' : 'users';
  return moments.map((atMs, row) => {
    const level = levels[row] ?? 0;
    const bar = '█'.repeat(Math.round((level / peak) * BAR));
    return `  ${toClock(atMs).padStart(8)}  ${formatLevel(level).padStart(9)} ${unit}  ${bar}`.trimEnd();
  });
}

function formatLevel(level: number): string {
  return Number.isInteger(level) ? formatCount(level) : level.toFixed(2);
}
