import { describeOpenApiFacts } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

describeOpenApiFacts({
  service: () => service,
  title: 'TrafficFlux Session Runner',
  version: '2.0.0',
  operations: [
    'get /',
    'get /auth/me',
    'get /auth/my-sessions',
    'get /automation/config',
    'get /automation/status',
    'get /automation/status/{session_id}',
    'get /health',
    'post /auth/login',
    'post /auth/register',
    'post /automation/start',
    'post /automation/start-multi',
    'post /automation/stop',
    'post /automation/stop/{session_id}',
  ],
  schemas: [
    'ActiveSession',
    'ActiveSessions',
    'AutomationConfig',
    'Error',
    'Journey',
    'LoginRequest',
    'PastSession',
    'PastSessions',
    'RegisterRequest',
    'SessionStatus',
    'StartMultiRequest',
    'StartRequest',
    'StartedSession',
    'Step',
    'StoppedSession',
    'StoppedSessions',
    'Token',
    'User',
    'ValidationError',
  ],
  logins: ['/auth/login'],
  pages: ['/docs', '/redoc'],
});

test('the OpenAPI document tells of 422 where a body or a query is read', async () => {
  const { paths } = (await service.get('/openapi.json')).json;
  for (const path of Object.keys(paths)) {
    const operation = Object.values(paths[path])[0] as { requestBody?: object; responses: object };
    const reads = operation.requestBody !== undefined || path === '/auth/my-sessions';
    expect([path, '422' in operation.responses]).toEqual([path, reads]);
  }
});
