// A generator whose entries tests can read at a glance; what real ones look like is for the tests of packages/campaigns.
import type { EntryGenerator, EntryPlace, Outcome } from '@trafficflux/campaigns';

export interface PlainEntry {
  readonly slot: number;
  readonly sequence: number;
  readonly startedAt: number;
  readonly completedAt: number;
  readonly success: boolean;
}

/** Jitter and latency differ from slot to slot and are the same each time, as the real ones. */
export function createPlainGenerator({ jitter = 0, latencyMs = 50 } = {}): EntryGenerator {
  let hasValues = true;
  return {
    jitter: (slot) => jitter * (2 * spread(slot) - 1),
    simulate: (slot) => ({
      success: slot % 5 !== 4,
      statusCode: slot % 5 === 4 ? 500 : 200,
      responseTimeUs: Math.round(latencyMs * 1000 * spread(slot + 1_000_003)),
      responseSize: 500,
      error: null,
    }),
    render,
    write: (sheet, place, outcome) => sheet.putText(render(place, outcome)),
    takeNewValues() {
      const values = hasValues ? [{ kind: 'geo_location' as const, value: 'Canada' }] : [];
      hasValues = false;
      return values;
    },
  };
}

function render(place: EntryPlace, { success }: Outcome): string {
  return JSON.stringify({ ...place, success } satisfies PlainEntry);
}

/** 0 to 1, for each slot another. */
function spread(slot: number): number {
  const scrambled = Math.imul(slot ^ (slot >>> 16), 0x45d9f3b) >>> 0;
  return (Math.imul(scrambled ^ (scrambled >>> 16), 0x45d9f3b) >>> 0) / 2 ** 32;
}
