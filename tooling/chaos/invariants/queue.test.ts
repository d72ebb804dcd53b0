import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkQueue } from './queue.ts';

/** What the API says of its queue, look after look; the last goes on. */
let looks: (readonly [waiting: number, active: number, delayed: number] | null)[] = [];
const server = createServer((_request, response) => {
  const look = looks.length > 1 ? looks.shift() : looks[0];
  response.end(look ? describeJobs(look) : 'job_queue_up{queue="campaigns",service="campaigns-api"} 0\n');
});
let apiUrl = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const describeJobs = (counts: readonly number[]) =>
  ['waiting', 'active', 'delayed']
    .map((state, index) => `job_queue_jobs{state="${state}",service="campaigns-api"} ${counts[index]}\n`)
    .join('');

async function sentences(told: typeof looks, { isServed = true, limitMs = 0 } = {}) {
  looks = [...told];
  return (await checkQueue({ apiUrl, isServed }, limitMs)).map(({ sentence }) => sentence);
}

describe('the check of the queue at the quiet end', () => {
  it('finds nothing in an empty queue', async () => {
    expect(await sentences([[0, 0, 0]])).toEqual([]);
  });

  it('finds a job that a worker still owns, and jobs that nobody took', async () => {
    expect(await sentences([[2, 1, 3]])).toEqual([
      '1 jobs of the queue are owned.',
      '2 jobs of the queue are waiting.',
      '3 jobs of the queue are delayed.',
    ]);
  });

  it('waits until the job of a dead worker has come back and was done', async () => {
    const comingBack: typeof looks = [
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 0],
    ];
    expect(await sentences(comingBack, { limitMs: 60_000 })).toEqual([]);
  });

  it('lets jobs wait that no worker can take, but not be owned', async () => {
    expect(await sentences([[2, 0, 0]], { isServed: false })).toEqual([]);
    expect(await sentences([[2, 1, 0]], { isServed: false })).toEqual(['1 jobs of the queue are owned.']);
  });

  it('finds a queue that does not come back', async () => {
    expect(await sentences([null])).toEqual([
      'The queue cannot be counted: /metrics answered 200 without it.',
    ]);
  });
});
