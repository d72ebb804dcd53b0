/** Figures as people read them: grouped digits, and three significant ones for times. */

/** `12,345` */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Milliseconds with about three digits: `0.046`, `1.23`, `45.6`, `1234`; a dash where nothing was measured. */
export function formatMs(milliseconds: number | null): string {
  if (milliseconds === null) return '–';
  if (milliseconds < 0.9995) return milliseconds.toFixed(3);
  if (milliseconds < 9.995) return milliseconds.toFixed(2);
  return milliseconds < 99.95 ? milliseconds.toFixed(1) : milliseconds.toFixed(0);
}

/** Requests per second: `0.25`, `9.81`, `98.1`, `12,345`. */
export function formatRate(perSecond: number): string {
  if (perSecond < 9.995) return perSecond.toFixed(2);
  return perSecond < 99.95 ? perSecond.toFixed(1) : formatCount(perSecond);
}

/** A share of 1: `0 %`, `0.02 %`, `12.5 %`, `100 %`; what is not nothing is never shown as nothing, nor less than all as all. */
export function formatPercent(share: number): string {
  if (share <= 0) return '0 %';
  if (share >= 1) return '100 %';
  const percent = Math.min(share * 100, 99.99);
  return percent < 0.01 ? '< 0.01 %' : `${Number(percent.toFixed(2))} %`;
}

/** `512 B`, `1.5 KB`, `3.2 GB`, in powers of 1,000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}
