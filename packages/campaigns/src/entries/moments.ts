// Moments as text. Entries come in the order of time, so what they share down to the second is made once.
import { type Sheet, toBytes } from './sheet.ts';

export class Moments {
  readonly #render: (second: number) => string;
  #second = Number.NaN;
  #prefix = toBytes('');

  /** `render` makes what stands before the milliseconds. */
  constructor(render: (second: number) => string) {
    this.#render = render;
  }

  /** `moment` in whole Unix milliseconds. */
  put(sheet: Sheet, moment: number): void {
    const second = Math.floor(moment / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#prefix = toBytes(this.#render(second));
    }
    sheet.put(this.#prefix);
    sheet.putDigits(moment - second * 1000, 3);
  }
}

/** ISO-8601 in UTC, up to the point before the milliseconds. */
export function toIsoSecond(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 20);
}
