/** The percentile distribution text of HdrHistogram (`.hgrm`), for its plotters. */
import { HIGHEST_US, type Histogram } from '../../record/histogram.ts';
import { toSlotWidth } from '../slot-width.ts';

/** Lines up to the half of what is left to 100 %, again and again. */
const TICKS_PER_HALF = 5;
const SUB_BUCKETS = 2048;
const US_PER_MS = 1000;
/** Rounds 0.0005 up, as HdrHistogram does; toFixed would look at the binary fraction. */
const MS_TEXT = toFormat(3);
const SHARE_TEXT = toFormat(12);
const INVERSE_TEXT = toFormat(2);

interface Line {
  readonly upToUs: number;
  readonly percentile: number;
  /** How many took as long, or less. */
  readonly seen: number;
}

/** Values in milliseconds: the upper edges of the slots, as HdrHistogram's own tools print them. */
export function toHgrm(histogram: Histogram): string {
  const slots = histogram.slots();
  return [
    '       Value     Percentile TotalCount 1/(1-Percentile)',
    '',
    ...listLines(slots, histogram.count).map(renderLine),
    ...renderFooter(slots, histogram.count),
    '',
  ].join('\n');
}

type Slots = readonly (readonly [upToUs: number, count: number])[];

function listLines(slots: Slots, total: number): Line[] {
  const lines: Line[] = [];
  let percentile = 0;
  let seen = 0;
  for (const [upToUs, count] of slots) {
    seen += count;
    while ((100 * seen) / total >= percentile) {
      lines.push({ upToUs, percentile, seen });
      percentile += toStep(percentile);
      if (seen === total) break;
    }
  }
  const last = slots.at(-1);
  if (last) lines.push({ upToUs: last[0], percentile: 100, seen: total });
  return lines;
}

/** Half of what was left to 100 % doubles the resolution. */
function toStep(percentile: number): number {
  const halves = Math.floor(Math.log2(100 / (100 - percentile))) + 1;
  return 100 / (TICKS_PER_HALF * 2 ** halves);
}

function renderLine({ upToUs, percentile, seen }: Line): string {
  const share = percentile / 100;
  const line = `${toMs(upToUs)} ${SHARE_TEXT.format(share)} ${String(seen).padStart(10)}`;
  return percentile < 100 ? `${line} ${INVERSE_TEXT.format(1 / (1 - share)).padStart(14)}` : line;
}

function renderFooter(slots: Slots, total: number): string[] {
  const middles = slots.map(([upToUs, count]) => [toMiddle(upToUs), count] as const);
  const sum = (of: (us: number) => number) => middles.reduce((all, [us, count]) => all + of(us) * count, 0);
  const mean = total === 0 ? 0 : sum((us) => us) / total;
  const deviation = total === 0 ? 0 : Math.sqrt(sum((us) => (us - mean) ** 2) / total);
  const buckets = Math.floor(Math.log2(HIGHEST_US / SUB_BUCKETS)) + 2;
  return [
    `#[Mean    = ${toMs(mean)}, StdDeviation   = ${toMs(deviation)}]`,
    `#[Max     = ${toMs(slots.at(-1)?.[0] ?? 0)}, Total count    = ${String(total).padStart(12)}]`,
    `#[Buckets = ${String(buckets).padStart(12)}, SubBuckets     = ${String(SUB_BUCKETS).padStart(12)}]`,
  ];
}

/** Of a slot, by its upper edge. */
function toMiddle(upToUs: number): number {
  const width = toSlotWidth(upToUs);
  return upToUs - width + 1 + Math.floor(width / 2);
}

function toMs(us: number): string {
  return MS_TEXT.format(us / US_PER_MS).padStart(12);
}

function toFormat(digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
}
