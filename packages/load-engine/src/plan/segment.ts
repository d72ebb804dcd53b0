/** A load over time as straight lines: a level of users, or of starts per second, that stays or changes evenly. */

export interface Segment {
  /** From the start of the load. */
  readonly fromMs: number;
  /** Infinity for one that goes on until the run is stopped. */
  readonly durationMs: number;
  /** The level at its begin and at its end. */
  readonly from: number;
  readonly to: number;
}

/** The level that is reached at the end of a stage, and how long it takes; 0 is a jump. */
export interface Step {
  readonly to: number;
  readonly durationMs: number;
}

/** Lines through the steps, from a first level on. Steps of length 0 leave no segment, but move the level. */
export function toSegments(startLevel: number, steps: readonly Step[]): Segment[] {
  const segments: Segment[] = [];
  let from = startLevel;
  let fromMs = 0;
  for (const { to, durationMs } of steps) {
    if (durationMs > 0) segments.push({ fromMs, durationMs, from, to });
    fromMs += durationMs;
    from = to;
  }
  return segments;
}

/** The level at a moment; that of the last segment after the end, 0 where there is none. */
export function levelAt(segments: readonly Segment[], atMs: number): number {
  let level = 0;
  for (const { fromMs, durationMs, from, to } of segments) {
    if (atMs < fromMs) break;
    const share = durationMs === Number.POSITIVE_INFINITY ? 0 : Math.min(1, (atMs - fromMs) / durationMs);
    level = from + (to - from) * share;
  }
  return level;
}

/** The same load up to a moment, and a level of its own from then on. */
export function replaceFrom(segments: readonly Segment[], atMs: number, level: number): Segment[] {
  const endMs = toEndMs(segments);
  const before = segments
    .filter(({ fromMs }) => fromMs < atMs)
    .map((segment) => {
      const durationMs = Math.min(segment.durationMs, atMs - segment.fromMs);
      if (durationMs === segment.durationMs) return segment;
      return { ...segment, durationMs, to: levelAt([segment], atMs) };
    });
  const leftMs = endMs - atMs;
  return leftMs > 0 ? [...before, { fromMs: atMs, durationMs: leftMs, from: level, to: level }] : before;
}

/** When the last segment ends. */
export function toEndMs(segments: readonly Segment[]): number {
  const last = segments.at(-1);
  return last === undefined ? 0 : last.fromMs + last.durationMs;
}

/** The highest level that is reached. */
export function toPeak(segments: readonly Segment[]): number {
  return segments.reduce((peak, { from, to }) => Math.max(peak, from, to), 0);
}
