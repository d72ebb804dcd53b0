/** Takes runs, as long as there is room for them. */
import type { OwnedRun, Ownership } from '@trafficflux/campaigns';
import type { ClaimTimes } from '../runs/create-run.ts';
import type { Runs } from '../runs/runs.ts';

export interface ClaimOptions {
  readonly ownership: Pick<Ownership, 'claim' | 'claimOrphans' | 'findOrphans' | 'listWorkers' | 'release'>;
  readonly worker: string;
  readonly capacity: number;
  readonly runs: Runs;
  readonly adopt: (owned: OwnedRun, times: ClaimTimes) => void;
}

export interface Claims {
  readonly hasRoom: boolean;
  /** Takes the campaign's run if it is free and there is room; else another worker will. */
  claim(campaignId: string): Promise<void>;
  /** Takes runs that nobody owns: this worker's share, so that others find some too. */
  claimOrphans(): Promise<void>;
  /** Takes nothing any more; a run whose claim is under way is given back at once. */
  close(): void;
}

/** Of few orphans one worker may take all. */
const LEAST_SHARE = 10;

export function createClaims({ ownership, worker, capacity, runs, adopt }: ClaimOptions): Claims {
  let underWay = 0;
  let isClosed = false;
  const room = () => (isClosed ? 0 : capacity - runs.size - underWay);

  /** Room is taken before the claim is answered, so that claims at the same time do not take too much. */
  async function take(count: number, ask: () => Promise<readonly OwnedRun[]>): Promise<void> {
    underWay += count;
    try {
      const sentAt = performance.now();
      const taken = await ask();
      const answeredAt = performance.now();
      if (isClosed) await ownership.release(worker, taken);
      else for (const owned of taken) adopt(owned, { sentAt, answeredAt });
    } finally {
      underWay -= count;
    }
  }

  return {
    get hasRoom() {
      return room() > 0;
    },
    async claim(campaignId) {
      if (room() <= 0) return;
      await take(1, async () => {
        const owned = await ownership.claim(campaignId, worker);
        return owned === null ? [] : [owned];
      });
    },
    async claimOrphans() {
      const free = room();
      if (free <= 0) return;
      const orphans = await ownership.findOrphans(free);
      if (orphans.length === 0) return;
      const workers = await ownership.listWorkers();
      const share = Math.max(LEAST_SHARE, Math.ceil(orphans.length / Math.max(1, workers.length)));
      const limit = Math.min(share, room());
      if (limit > 0) await take(limit, () => ownership.claimOrphans(worker, limit));
    },
    close() {
      isClosed = true;
    },
  };
}
