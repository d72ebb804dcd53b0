/** The scenario of `engine.startLoadTest`, which every thread imports: the requests come as an option. */
import { defineScenario } from '../scenario/define.ts';
import type { LoadRequest } from './load-test.ts';

let requests: readonly LoadRequest[] | undefined;

export const scenario = defineScenario({
  name: 'load test',
  options: { requests: '[]' },
  tasks: [
    {
      name: 'requests',
      run: async (user) => {
        requests ??= JSON.parse(user.options.requests) as LoadRequest[];
        for (const { url, method = 'GET', headers = {}, body, timeoutMs } of requests) {
          await user.request(method, url, {
            name: `${method.toUpperCase()} ${new URL(url).pathname}`,
            headers,
            discardBody: true,
            expect: (status) => status >= 200 && status < 400,
            ...(body !== undefined && { body }),
            ...(timeoutMs !== undefined && { timeoutMs }),
          });
        }
      },
    },
  ],
});
