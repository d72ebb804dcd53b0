import { describeOpenApiFacts } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hub, startHub } from '../service.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub.close());

describeOpenApiFacts({
  service: () => hub,
  title: 'TrafficFlux Realtime Hub',
  version: '1.0.0',
  operations: [
    'delete /sessions/{session_id}',
    'get /health',
    'get /info',
    'get /metrics',
    'get /ws',
    'post /sessions',
    'post /sessions/refresh',
  ],
  schemas: [
    'Error',
    'Health',
    'Info',
    'Login',
    'LoginRequest',
    'RefreshRequest',
    'Refreshed',
    'Statistics',
    'Unhealthy',
  ],
  logins: ['/sessions', '/sessions/refresh'],
  pages: ['/docs'],
});

test('the OpenAPI document tells of every status of an operation', async () => {
  const { paths } = (await hub.get('/openapi.json')).json;
  const statusesOf = (path: string, method: string) => Object.keys(paths[path][method].responses).map(Number);
  expect(statusesOf('/sessions', 'post')).toEqual([200, 400, 401, 413, 415, 429, 503]);
  expect(statusesOf('/sessions/refresh', 'post')).toEqual([200, 400, 401, 413, 415, 503]);
  expect(statusesOf('/sessions/{session_id}', 'delete')).toEqual([204, 401, 403, 404, 503]);
  expect(statusesOf('/health', 'get')).toEqual([200, 503]);
  expect(statusesOf('/metrics', 'get')).toEqual([200, 400]);
  expect(statusesOf('/info', 'get')).toEqual([200]);
  expect(statusesOf('/ws', 'get')).toEqual([101, 401, 403, 426, 503]);
});

test('the OpenAPI document describes the socket in words: its token, its messages', async () => {
  const { description, parameters } = (await hub.get('/openapi.json')).json.paths['/ws'].get;
  for (const word of [
    'Authorization',
    'access_token',
    'Subscribe',
    'Broadcast',
    'DirectMessage',
    'AuthStatus',
  ])
    expect(description).toContain(word);
  expect(parameters.map(({ name }: { name: string }) => name)).toEqual(['token', 'Sec-WebSocket-Protocol']);
});
