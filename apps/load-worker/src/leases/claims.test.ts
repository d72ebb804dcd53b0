// How many runs a worker takes, and what it leaves to others.
import type { OwnedRun, Ownership, WorkerPresence } from '@trafficflux/campaigns';
import { expect, test } from 'vitest';
import { createOwnRun } from '../../test/own-run.ts';
import { toOwnedRun } from '../../test/plans.ts';
import { Runs } from '../runs/runs.ts';
import { createClaims } from './claims.ts';

/** So many runs without an owner, so many workers that live, and a worker that may have `capacity` runs. */
function start({ orphans = 0, workers = 1, capacity = 1000 }) {
  const runs = new Runs();
  const asked: number[] = [];
  const released: OwnedRun[] = [];
  const toRuns = (count: number) =>
    Array.from({ length: count }, (_, index) => toOwnedRun({ campaignId: `session_${index}` }));
  const ownership: Pick<Ownership, 'claim' | 'claimOrphans' | 'findOrphans' | 'listWorkers' | 'release'> = {
    claim: async (campaignId) => toOwnedRun({ campaignId }),
    async claimOrphans(_worker, limit) {
      asked.push(limit);
      return toRuns(Math.min(limit, orphans));
    },
    findOrphans: async (limit) => toRuns(Math.min(limit, orphans)),
    listWorkers: async () => Array<WorkerPresence>(workers),
    async release(_worker, keys) {
      released.push(...(keys as OwnedRun[]));
    },
  };
  const adopted: string[] = [];
  const claims = createClaims({
    ownership,
    worker: 'w',
    capacity,
    runs,
    adopt({ campaignId }) {
      adopted.push(campaignId);
      runs.add(createOwnRun(performance.now(), {}, { campaignId }));
    },
  });
  return { claims, adopted, asked, released };
}

test('claims at the same time take no more than there is room for', async () => {
  const { claims, adopted } = start({ capacity: 3 });
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => claims.claim(id)));
  expect(adopted).toEqual(['a', 'b', 'c']);
  expect(claims.hasRoom).toBe(false);
});

test.each([
  [{ orphans: 0 }, []],
  [{ orphans: 5, workers: 4 }, [10]],
  [{ orphans: 400, workers: 4 }, [100]],
  [{ orphans: 400, workers: 0 }, [400]],
  [{ orphans: 400, workers: 4, capacity: 7 }, [7]],
  [{ orphans: 400, capacity: 50, workers: 2 }, [25]],
])('of runs without an owner it takes its share: %j', async (situation, limits) => {
  const { claims, asked } = start(situation);
  await claims.claimOrphans();
  expect(asked).toEqual(limits);
});

test('a run whose claim is answered when the worker ends is given back', async () => {
  const { claims, adopted, released } = start({});
  const claiming = claims.claim('a');
  claims.close();
  await claiming;
  expect(adopted).toEqual([]);
  expect(released.map(({ campaignId }) => campaignId)).toEqual(['a']);
  await claims.claim('b');
  expect([claims.hasRoom, released.length]).toEqual([false, 1]);
});
