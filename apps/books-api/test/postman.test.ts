// The Postman collection that we ship, run against the running service.
import { readFileSync } from 'node:fs';
import collections from 'postman-collection';
import runtime from 'postman-runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen } from './http.ts';
import { type Service, startService } from './service.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../postman/${name}`, import.meta.url), 'utf8'));

let service: Service;
let baseUrl: string;
beforeAll(async () => {
  service = await startService();
  baseUrl = `http://127.0.0.1:${await listen(service)}`;
});
afterAll(() => service.close());

interface Outcome {
  readonly requests: string[];
  readonly passed: string[];
  readonly failed: string[];
}

function runCollection(): Promise<Outcome> {
  const collection = new collections.Collection(read('books-api.postman_collection.json'));
  const environment = new collections.VariableScope(read('books-api.postman_environment.json'));
  environment.set('baseUrl', baseUrl, 'string');
  const outcome: Outcome = { requests: [], passed: [], failed: [] };
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  new runtime.Runner().run(collection, { environment }, (error, run) => {
    if (error) return reject(error);
    run.start({
      request: (
        _: unknown,
        __: unknown,
        response: { code: number } | undefined,
        ___: unknown,
        item: { name: string },
      ) => outcome.requests.push(`${item.name}: ${response?.code}`),
      assertion: (_: unknown, assertions: { name: string; passed: boolean; error?: Error }[]) => {
        for (const { name, passed, error: reason } of assertions) {
          if (passed) outcome.passed.push(name);
          else outcome.failed.push(`${name}: ${reason?.message}`);
        }
      },
      exception: (_: unknown, exception: Error) => outcome.failed.push(String(exception)),
      done: (reason: Error | null) => (reason ? reject(reason) : resolve(outcome)),
    });
  });
  return promise;
}

test('every request of the Postman collection passes its tests, twice in a row', async () => {
  for (let round = 0; round < 2; round++) {
    const { requests, passed, failed } = await runCollection();
    expect(failed).toEqual([]);
    expect(requests).toHaveLength(19);
    expect(passed).toHaveLength(19);
  }
});
