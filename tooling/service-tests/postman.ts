// Runs a Postman collection of ours against a running service, as Postman itself would.
/// <reference path="./postman-types.d.ts" />
import { readFileSync } from 'node:fs';
import collections from 'postman-collection';
import runtime from 'postman-runtime';

export interface Outcome {
  /** `name: status`, in order; what the scripts of the collection send themselves is left out. */
  readonly requests: string[];
  readonly passed: string[];
  readonly failed: string[];
}

export interface PostmanRun {
  /** A file of `postman/`. */
  readonly collection: string;
  /** Another file of it. */
  readonly environment?: string;
  /** Set in the environment, over what the files say. */
  readonly variables: Readonly<Record<string, string>>;
}

export function runPostman({ collection: file, environment: name, variables }: PostmanRun): Promise<Outcome> {
  const collection = new collections.Collection(readJson(file));
  const environment = new collections.VariableScope(name === undefined ? {} : readJson(name));
  for (const [key, value] of Object.entries(variables)) environment.set(key, value, 'string');
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
        item: { name?: string },
      ) => {
        if (item.name !== undefined) outcome.requests.push(`${item.name}: ${response?.code}`);
      },
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

const readJson = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../postman/${name}`, import.meta.url), 'utf8'));
