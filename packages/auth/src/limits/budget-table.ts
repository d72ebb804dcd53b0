/** A budget for each key, in bounded memory: the ones that nobody used for longest are forgotten first. */

export interface Budget {
  /** Somebody holds it now: it may not be forgotten. */
  readonly isInUse: boolean;
  /** True when forgetting this budget would change nothing. `nowMs` is monotonic. */
  isIdle(nowMs: number): boolean;
}

/** 100,000 budgets are some tens of megabytes; an attacker needs a thousand addresses to fill them. */
const MAX_BUDGETS = 100_000;

export class BudgetTable<B extends Budget> {
  /** The order of the map is that of last use. */
  readonly #budgets = new Map<string, B>();

  /** The key's budget, or the one that `create` makes. */
  get(key: string, nowMs: number, create: () => B): B {
    const budget = this.#budgets.get(key) ?? create();
    this.#budgets.delete(key);
    this.#forgetOldest(nowMs);
    this.#budgets.set(key, budget);
    return budget;
  }

  #forgetOldest(nowMs: number): void {
    for (const [key, budget] of this.#budgets) {
      const isFull = this.#budgets.size >= MAX_BUDGETS;
      if (budget.isInUse || !(isFull || budget.isIdle(nowMs))) return;
      this.#budgets.delete(key);
    }
  }
}
