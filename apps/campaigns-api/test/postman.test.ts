// The Postman collection that we ship, run against the running service and a load worker beside it.
import { runPostman } from '@trafficflux/tooling/postman';
import { listen } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoadWorker, startLoadWorker } from './load-worker.ts';
import { type Service, startCampaignsApi } from './service.ts';

let service: Service;
let worker: LoadWorker;
let baseUrl: string;
beforeAll(async () => {
  service = await startCampaignsApi();
  worker = await startLoadWorker(service.databaseUrl);
  baseUrl = `http://127.0.0.1:${await listen(service.app)}`;
});
afterAll(async () => {
  await worker.end('SIGTERM');
  await service.close();
});

test('every request of the Postman collection passes its tests, twice in a row', async () => {
  for (let round = 0; round < 2; round++) {
    const { requests, passed, failed } = await runPostman({
      collection: 'traffic-campaigns.postman_collection.json',
      environment: 'traffic-campaigns.postman_environment.json',
      variables: { baseUrl },
    });
    expect(failed).toEqual([]);
    // Those that wait for entries are sent until there are some.
    expect(new Set(requests.map((line) => line.split(':', 1)[0])).size).toBe(33);
    expect(passed).toHaveLength(33);
  }
}, 120_000);
