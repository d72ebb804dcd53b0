// The Postman collection that we ship, run against the running service.
import { runPostman } from '@trafficflux/tooling/postman';
import { listen } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

let service: Service;
let baseUrl: string;
beforeAll(async () => {
  service = await startService();
  baseUrl = `http://127.0.0.1:${await listen(service.app)}`;
});
afterAll(() => service.close());

test('every request of the Postman collection passes its tests, twice in a row', async () => {
  for (let round = 0; round < 2; round++) {
    const { requests, passed, failed } = await runPostman({
      collection: 'books-api.postman_collection.json',
      environment: 'books-api.postman_environment.json',
      variables: { baseUrl },
    });
    expect(failed).toEqual([]);
    expect(requests).toHaveLength(19);
    expect(passed).toHaveLength(19);
  }
});
