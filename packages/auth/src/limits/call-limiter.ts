/** Limits how often somebody calls, whatever comes of it (H16): registrations of an address, calls of a user. */
import { AppError } from '@trafficflux/service-kit';
import { toAddressKey } from './address-key.ts';
import { BudgetTable } from './budget-table.ts';
import { CallBudget } from './call-budget.ts';

export interface CallLimit {
  /** Calls in the window for one key; 0 switches the limit off. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** What a refused caller reads. */
  readonly sentence: string;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
}

export interface CallLimiter {
  /** Counts a call for any key. @throws {AppError} `rate-limited`, with the seconds until the next one passes */
  count(key: string): void;
  /** Counts a call from an address: an IPv4 one, or the /64 that one IPv6 customer has. @throws as `count` */
  countAddress(address: string): void;
}

/** Creates the limiter of one process. */
export function createCallLimiter(options: CallLimit): CallLimiter {
  const { limit, windowSeconds, sentence, now = () => performance.now() } = options;
  const budgets = new BudgetTable<CallBudget>();

  function count(key: string): void {
    if (limit === 0) return;
    const nowMs = now();
    const budget = budgets.get(key, nowMs, () => new CallBudget(limit, windowSeconds * 1000));
    const waitMs = budget.take(nowMs);
    if (waitMs === 0) return;
    throw new AppError('rate-limited', sentence, {
      code: 'CALLS_LIMITED',
      retryAfterSeconds: waitMs / 1000,
    });
  }

  return { count, countAddress: (address) => count(toAddressKey(address)) };
}
