/** The levels of a run's loads, as they were planned and as they were changed while it ran. */
import { countPlannedStarts } from '../plan/plan.ts';
import { replaceFrom, type Segment } from '../plan/segment.ts';
import type { PreparedPart } from './load-options.ts';
import type { Command } from './messages.ts';

/** Another level: of users in loops, or of starts per second. */
export interface ScaleTarget {
  readonly users?: number | undefined;
  readonly rate?: number | undefined;
  /** Which of several loads; where it is left out, all of that kind. */
  readonly scenario?: string | undefined;
}

/** A target that fits, and which loads it is for. */
export interface Choice {
  readonly model: 'closed' | 'open';
  readonly level: number;
  readonly parts: readonly number[];
  readonly scenario: string | null;
}

/** All threads hear of it before it holds, so that they change at the same moment. */
const AHEAD_MS = 50;
const MAX_LEVEL = 1_000_000;

export class Scales {
  readonly #parts: readonly PreparedPart[];
  readonly #segments: (readonly Segment[])[];
  readonly #users: number[];

  constructor(parts: readonly PreparedPart[]) {
    this.#parts = parts;
    this.#segments = parts.map(({ plan }) => plan.segments);
    this.#users = parts.map(({ plan }) => plan.users);
  }

  /** The most users at once, over all loads. */
  get users(): number {
    return this.#users.reduce((sum, users) => sum + users, 0);
  }

  segments(part: number): readonly Segment[] {
    return this.#segments[part] ?? [];
  }

  /** Starts that are due by the clock until then, over all loads; null for users in loops. */
  countPlanned(endMs: number): number | null {
    const counts = this.#parts.map(({ plan, startMs }, part) =>
      countPlannedStarts({ ...plan, segments: this.segments(part) }, Math.max(0, endMs - startMs)),
    );
    const known = counts.filter((count) => count !== null);
    return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
  }

  /** What the target means for this run. Throws a RangeError for one that does not fit. */
  choose(target: ScaleTarget): Choice {
    const { model, level } = toLevel(target);
    return { model, level, parts: this.#choose(target, model), scenario: target.scenario ?? null };
  }

  /** What to tell the threads, and how to tell people. */
  apply({ model, level, parts, scenario }: Choice, elapsedMs: number): { commands: Command[]; text: string } {
    const atMs = elapsedMs + AHEAD_MS;
    const commands = parts.map((part): Command => {
      const { startMs } = this.#parts[part] as PreparedPart;
      this.#segments[part] = replaceFrom(this.segments(part), Math.max(0, atMs - startMs), level);
      if (model === 'closed') this.#users[part] = Math.max(this.#users[part] ?? 0, level);
      return { type: 'scale', part, level, atMs };
    });
    const unit = model === 'closed' ? `user${level === 1 ? '' : 's'}` : 'starts per second';
    return { commands, text: `Scaled to ${level} ${unit}${scenario === null ? '' : ` of ${scenario}`}.` };
  }

  #choose({ scenario }: ScaleTarget, model: 'closed' | 'open'): number[] {
    const names = this.#parts.map(({ name }) => name);
    if (scenario !== undefined && !names.includes(scenario)) {
      throw new RangeError(`expected one of the scenarios ${names.join(', ')}, got "${scenario}"`);
    }
    const chosen = [...this.#parts.keys()].filter((part) => {
      const { name, plan } = this.#parts[part] as PreparedPart;
      return plan.model === model && (scenario === undefined || name === scenario);
    });
    if (chosen.length > 0) return chosen;
    throw new RangeError(
      model === 'closed'
        ? 'expected a rate: this load starts by the clock, and users only work off what is due'
        : 'expected users: this load has users in loops, and no rate of its own',
    );
  }
}

function toLevel({ users, rate }: ScaleTarget): { model: 'closed' | 'open'; level: number } {
  if ((users === undefined) === (rate === undefined)) {
    throw new RangeError('expected either users or a rate to scale to');
  }
  if (users !== undefined) {
    if (Number.isInteger(users) && users >= 0 && users <= MAX_LEVEL) return { model: 'closed', level: users };
    throw new RangeError(`expected users to be a whole number from 0 to ${MAX_LEVEL}, got ${String(users)}`);
  }
  if (typeof rate === 'number' && rate >= 0 && Number.isFinite(rate)) return { model: 'open', level: rate };
  throw new RangeError(`expected the rate to be a number per second of 0 or more, got ${String(rate)}`);
}
