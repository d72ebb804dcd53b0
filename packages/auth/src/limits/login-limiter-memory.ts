/** The login limiter of one process, in memory that is bounded. */
import { toAddressKey } from './address-key.ts';
import { BudgetTable } from './budget-table.ts';
import { FailureBudget } from './failure-budget.ts';
import { isFailedLogin } from './login-errors.ts';
import type { LoginAttempt, LoginLimiter, LoginLimits } from './login-limiter.ts';

export class MemoryLoginLimiter implements LoginLimiter {
  readonly #limits: LoginLimits;
  readonly #budgets = new BudgetTable<FailureBudget>();
  readonly #now: () => number;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(limits: LoginLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  async attempt<T>(attempt: LoginAttempt, login: () => Promise<T>): Promise<T> {
    const taken: FailureBudget[] = [];
    let isFailed = false;
    try {
      for (const [key, limit] of this.#toKeys(attempt)) {
        const budget = this.#getBudget(key, limit);
        await budget.take(this.#now);
        taken.push(budget);
      }
      return await login();
    } catch (error) {
      isFailed = isFailedLogin(error);
      throw error;
    } finally {
      for (const budget of taken) budget.give(isFailed, this.#now());
    }
  }

  #toKeys({ account, address }: LoginAttempt): [string, number][] {
    const addressKey = toAddressKey(address);
    const keys: [string, number][] = [
      [`${addressKey} ${account}`, this.#limits.perAccountAndAddress],
      [addressKey, this.#limits.perAddress],
    ];
    return keys.filter(([, limit]) => limit > 0);
  }

  #getBudget(key: string, limit: number): FailureBudget {
    return this.#budgets.get(
      key,
      this.#now(),
      () => new FailureBudget(limit, this.#limits.windowSeconds * 1000),
    );
  }
}
