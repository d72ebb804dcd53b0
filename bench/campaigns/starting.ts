/** The time from POST /generate to the first entry that somebody can see. */
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';

const LOOK_EVERY_MS = 5;

/** Milliseconds of each of so many starts, one after the other, with the simulated latency fixed at 50 ms. */
export async function measureStarts(url: string, count: number): Promise<number[]> {
  const agent = new Agent({ connections: 4 });
  const ask = createAsk(url, agent);
  // The first one takes what is made once.
  await measureStart(ask);
  const times: number[] = [];
  for (let start = 0; start < count; start++) times.push(await measureStart(ask));
  await agent.close();
  return times;
}

type Ask = ReturnType<typeof createAsk>;

async function measureStart(ask: Ask): Promise<number> {
  const { id } = await ask('POST', '/api/sessions/', {
    name: 'Bench',
    target_url: 'https://example.com/',
    requests_per_minute: 600,
    config: { simulated_latency_ms: 50 },
  });
  await ask('PUT', `/api/traffic/campaigns/${id}/status`, { status: 'running' });
  const begin = performance.now();
  await ask('POST', '/api/traffic/generate', { campaign_id: id });
  while ((await ask('GET', `/api/traffic/status/${id}`)).data.total_requests === 0) await wait(LOOK_EVERY_MS);
  const ms = performance.now() - begin;
  await ask('POST', `/api/traffic/stop/${id}`);
  return ms;
}

function createAsk(url: string, dispatcher: Agent) {
  // biome-ignore lint/suspicious/noExplicitAny: answers of any shape
  return async (method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<any> => {
    const { statusCode, body: answer } = await request(url + path, {
      method,
      dispatcher,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const json = await answer.json();
    if (statusCode !== 200) throw new Error(`${path} was answered ${statusCode}: ${JSON.stringify(json)}`);
    return json;
  };
}
