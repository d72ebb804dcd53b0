/** What must hold whatever breaks; the numbers are those of the list of invariants that the product promises. */
export const INVARIANTS = {
  acknowledged: '1 what was acknowledged is stored',
  dense: '2 sequences are dense and unique',
  statistics: '2 statistics equal a recount',
  history: '3 the history is a path of the table',
  silence: '4 nothing is written after an acknowledged stop, pause or cleanup',
  unknown: '6 a lost answer is resolved by reading',
  quiet: '7 nothing is left at the quiet end',
  recovery: 'a campaign moves again after a kill',
  answers: '8 while a store is away: 503, and back by itself',
  pace: 'H12 nothing is made up, and nothing comes in a burst',
} as const;
export type Invariant = keyof typeof INVARIANTS;

export interface Violation {
  readonly invariant: Invariant;
  readonly campaignId: string | null;
  readonly sentence: string;
}

/** Says what is wrong with one campaign, as often as it is told; a few examples of a kind are enough. */
export function createFindings(invariant: Invariant, campaignId: string | null) {
  const violations: Violation[] = [];
  return {
    violations,
    add(sentence: string): void {
      if (violations.length < 5) violations.push({ invariant, campaignId, sentence });
    },
    expectEqual(what: string, actual: unknown, expected: unknown): void {
      if (actual === expected) return;
      this.add(`${what} is ${JSON.stringify(actual)}, but it must be ${JSON.stringify(expected)}.`);
    },
  };
}
