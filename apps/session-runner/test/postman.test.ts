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
  for (const registered of [200, 400]) {
    const { requests, passed, failed } = await runPostman({
      collection: 'TrafficFlux_API.postman_collection.json',
      variables: { baseUrl },
    });
    expect(failed).toEqual([]);
    expect(passed).toHaveLength(27);
    expect(requests).toEqual([
      `Register User: ${registered}`,
      'Login User: 200',
      'Get Current User: 200',
      'Get My Sessions: 200',
      'Start Automation Session: 200',
      'Start Multi-Thread Automation: 200',
      'Check All Automation Status: 200',
      'Check Specific Session Status: 200',
      'Stop All Automation Sessions: 200',
      'Stop Specific Session: 200',
      'Get Automation Config: 200',
      'Health Check: 200',
      'Root: 200',
    ]);
  }
});
