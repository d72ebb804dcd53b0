/** What the asker of one campaign was told, and since when it must be silent. */
import type { Acknowledged } from '../invariants/acknowledged.ts';
import type { Silence } from '../invariants/silence.ts';

export interface Ledger {
  /** The state that an answer acknowledged. */
  told(status: string): void;
  begun(): void;
  /** A number of entries that the answer to a request gave; false if it is lower than one before. */
  counted(entries: number, sentAt: number): boolean;
  /** From the time of the answer on, nothing may be stored. */
  silent(after: string, answeredAt: number): void;
  /** From the time of the request on, it may be again. */
  loud(sentAt: number): void;
  /** A purge takes the entries: what was asked for before its end tells nothing. */
  purging(): void;
  purged(answeredAt: number): void;
  readonly silences: readonly Silence[];
  readonly acknowledged: Acknowledged;
}

export function createLedger(campaignId: string): Ledger {
  const statuses: string[] = [];
  const silences: (Silence & { until: number })[] = [];
  let runs = 0;
  let entries = 0;
  let countsFrom = 0;
  return {
    told: (status) => void statuses.push(status),
    begun: () => void runs++,
    counted(count, sentAt) {
      if (sentAt <= countsFrom) return true;
      const isLower = count < entries;
      entries = Math.max(entries, count);
      return !isLower;
    },
    silent: (after, from) => void silences.push({ campaignId, after, from, until: Number.POSITIVE_INFINITY }),
    loud(sentAt) {
      for (const silence of silences) silence.until = Math.min(silence.until, sentAt);
    },
    purging() {
      countsFrom = Number.POSITIVE_INFINITY;
      entries = 0;
    },
    purged(answeredAt) {
      countsFrom = answeredAt;
    },
    silences,
    get acknowledged() {
      return { campaignId, statuses, runs, entries };
    },
  };
}
