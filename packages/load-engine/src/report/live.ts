/** What is shown while a run goes on: a frame that redraws itself in a terminal, plain lines elsewhere. */
import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';
import { toClock } from '../durations.ts';
import type { LoadProgress } from '../run/progress.ts';
import { formatCount, formatMs, formatRate } from './format.ts';

/** How often a line is written where the output is no terminal. */
const LINE_EVERY_MS = 5000;
const MAX_BAR_WIDTH = 60;
const LEVELS = [...' ▁▂▃▄▅▆▇█'];

/** Shows progress until `end` leaves the screen to the summary. */
export interface LiveView {
  show(progress: LoadProgress): void;
  /** A sentence that stays. */
  note(sentence: string): void;
  end(): void;
}

/** `keys` is the line that says which keys steer the run, where any do. */
export function createLiveView(stream: WriteStream, title: string, keys = ''): LiveView {
  return stream.isTTY ? createFrame(stream, title, keys) : createLines(stream);
}

/** Shows nothing. */
export const NO_VIEW: LiveView = { show: () => {}, note: () => {}, end: () => {} };

function createFrame(stream: WriteStream, title: string, keys: string): LiveView {
  const update = createLogUpdate(stream);
  const rates: number[] = [];
  return {
    show: (progress) => {
      rates.push(progress.interval.requestsPerSecond);
      if (rates.length > MAX_BAR_WIDTH) rates.shift();
      const frame = renderFrame(progress, title, stream.columns || 80, rates);
      update(keys === '' ? frame : `${frame}\n${keys.slice(0, stream.columns || 80)}`);
    },
    note: (sentence) => {
      update.clear();
      stream.write(`${sentence}\n`);
    },
    end: () => {
      update.clear();
      update.done();
    },
  };
}

function createLines(stream: WriteStream): LiveView {
  let nextAtMs = LINE_EVERY_MS;
  return {
    show: (progress) => {
      if (progress.elapsedMs < nextAtMs) return;
      nextAtMs = progress.elapsedMs + LINE_EVERY_MS - (progress.elapsedMs % LINE_EVERY_MS);
      stream.write(`${renderLine(progress)}\n`);
    },
    note: (sentence) => stream.write(`${sentence}\n`),
    end: () => {},
  };
}

/** `rates` are the requests per second of the looks before, the latest last; without any there is no chart. */
export function renderFrame(
  progress: LoadProgress,
  title: string,
  columns: number,
  rates: readonly number[] = [],
): string {
  const time = renderTime(progress);
  const barWidth = Math.max(10, Math.min(MAX_BAR_WIDTH, columns - time.length - 4));
  const lines = [
    title,
    `${renderBar(progress, barWidth)} ${time}`,
    `users ${formatCount(progress.activeUsers)}/${formatCount(progress.users)}   ${formatRate(progress.requestsPerSecond)} requests/s   ${formatCount(progress.requests)} requests   ${formatCount(progress.failures)} failed`,
    `response time (ms)   p50 ${formatMs(progress.p50Ms)}   p95 ${formatMs(progress.p95Ms)}   p99 ${formatMs(progress.p99Ms)}`,
  ];
  if (rates.length > 1) lines.push(`requests/s ${renderChart(rates)}`);
  return lines.map((line) => line.slice(0, columns)).join('\n');
}

/** A column for each value, from an empty one for 0 to a full one for the highest. */
function renderChart(values: readonly number[]): string {
  const highest = Math.max(...values);
  const toColumn = (value: number) => LEVELS[Math.ceil((value / highest) * (LEVELS.length - 1))] ?? ' ';
  return values.map((value) => (highest > 0 ? toColumn(value) : ' ')).join('');
}

export function renderLine(progress: LoadProgress): string {
  return [
    toClock(progress.elapsedMs).padStart(6),
    `${formatCount(progress.activeUsers)} users`,
    `${formatRate(progress.requestsPerSecond)} requests/s`,
    `${formatCount(progress.requests)} requests`,
    `${formatCount(progress.failures)} failed`,
    `p50 ${formatMs(progress.p50Ms)} ms`,
    `p95 ${formatMs(progress.p95Ms)} ms`,
    `p99 ${formatMs(progress.p99Ms)} ms`,
  ].join('  ');
}

function renderBar(progress: LoadProgress, width: number): string {
  if (progress.durationMs === null) return '';
  const filled = Math.round(Math.min(1, toPlanMs(progress) / progress.durationMs) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

function renderTime(progress: LoadProgress): string {
  const elapsed = toClock(progress.elapsedMs);
  if (progress.durationMs === null) return `${elapsed}, until Ctrl-C`;
  if (progress.isPaused) return `${elapsed}, paused`;
  const leftMs = Math.max(0, progress.durationMs - toPlanMs(progress));
  return `${elapsed} of ${toClock(progress.durationMs)}, ${leftMs > 0 ? `${toClock(Math.ceil(leftMs / 1000) * 1000)} left` : 'ending'}`;
}

/** How far the plan has got. */
function toPlanMs({ elapsedMs, pausedMs }: LoadProgress): number {
  return elapsedMs - pausedMs;
}
