/** Draws an index by weight in constant time: Vose's alias method. */
import type { Random } from './random.ts';

export class WeightedChoice {
  readonly #threshold: Float64Array;
  readonly #alias: Uint32Array;

  /** Weights are 0 or more, with a sum above 0; an index of weight 0 is never drawn. */
  constructor(weights: readonly number[]) {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (!(total > 0 && Number.isFinite(total)) || weights.some((weight) => !(weight >= 0))) {
      throw new RangeError(
        `expected weights of 0 or more, at least one above 0, got [${weights.join(', ')}]`,
      );
    }
    this.#threshold = new Float64Array(weights.length);
    this.#alias = new Uint32Array(weights.length);
    this.#fill(weights.map((weight) => (weight / total) * weights.length));
  }

  draw(random: Random): number {
    const spot = random() * this.#threshold.length;
    const index = Math.floor(spot);
    return spot - index < (this.#threshold[index] as number) ? index : (this.#alias[index] as number);
  }

  /** Every column of height 1 is shared by at most two indices: its own and its alias. */
  #fill(heights: number[]): void {
    const small = heights.flatMap((height, index) => (height < 1 ? [index] : []));
    const large = heights.flatMap((height, index) => (height < 1 ? [] : [index]));
    while (small.length > 0 && large.length > 0) {
      const lower = small.pop() as number;
      const upper = large.pop() as number;
      this.#threshold[lower] = heights[lower] as number;
      this.#alias[lower] = upper;
      heights[upper] = (heights[upper] as number) - (1 - (heights[lower] as number));
      ((heights[upper] as number) < 1 ? small : large).push(upper);
    }
    this.#fillLeftovers([...small, ...large], heights);
  }

  /** Rounding leaves columns that are full but for an epsilon, unless they weigh nothing at all. */
  #fillLeftovers(indices: readonly number[], heights: readonly number[]): void {
    const heaviest = heights.indexOf(Math.max(...heights));
    for (const index of indices) {
      this.#threshold[index] = heights[index] === 0 ? 0 : 1;
      this.#alias[index] = heights[index] === 0 ? heaviest : index;
    }
  }
}
