// ISO-8601 in UTC with milliseconds, for many moments of the same second.
import { type Sheet, toBytes } from './sheet.ts';

export class IsoTime {
  #second = Number.NaN;
  #prefix = toBytes('');

  /** `moment` in whole Unix milliseconds. */
  put(sheet: Sheet, moment: number): void {
    const second = Math.floor(moment / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#prefix = toBytes(new Date(second * 1000).toISOString().slice(0, 20));
    }
    sheet.put(this.#prefix);
    sheet.putDigits(moment - second * 1000, 3);
  }
}
