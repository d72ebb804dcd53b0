/** Loads one URL with undici for some seconds; prints {requests, failures, seconds}. Usage: URL SECONDS CONNECTIONS dispatch|request */
import { Agent, type Dispatcher, request, setGlobalDispatcher } from 'undici';

const [url = '', seconds = '5', connections = '64', mode = 'dispatch'] = process.argv.slice(2);
const { origin, pathname } = new URL(url);
const agent = new Agent({ connections: Number(connections), pipelining: 1 });
setGlobalDispatcher(agent);

const count = { requests: 0, failures: 0 };
const startedAt = performance.now();
const endAt = startedAt + Number(seconds) * 1000;
const loops = Array.from({ length: Number(connections) }, mode === 'dispatch' ? loopDispatch : loopRequest);
await Promise.all(loops);
console.log(JSON.stringify({ ...count, seconds: (performance.now() - startedAt) / 1000 }));
await agent.close();

function loopDispatch(): Promise<void> {
  return new Promise((resolve) => {
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, statusCode) => note(statusCode),
      onResponseData: () => undefined,
      onResponseEnd: next,
      onResponseError: () => {
        count.failures += 1;
        next();
      },
    };
    function next(): void {
      if (performance.now() >= endAt) resolve();
      else agent.dispatch({ origin, path: pathname, method: 'GET' }, handler);
    }
    next();
  });
}

async function loopRequest(): Promise<void> {
  while (performance.now() < endAt) {
    const { statusCode, body } = await request(url);
    await body.dump();
    note(statusCode);
  }
}

function note(statusCode: number): void {
  count.requests += 1;
  if (statusCode !== 200) count.failures += 1;
}
