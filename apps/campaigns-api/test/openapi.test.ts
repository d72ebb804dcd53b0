import { describeOpenApiFacts } from '@trafficflux/tooling/service-tests';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startCampaignsApi } from './service.ts';

const OPERATIONS = [
  'delete /api/profiles/{profile_id}',
  'delete /api/sessions/{session_id}',
  'get /',
  'get /api/endpoints',
  'get /api/health',
  'get /api/profiles/',
  'get /api/profiles/{profile_id}',
  'get /api/sessions/',
  'get /api/sessions/{session_id}',
  'get /api/traffic/campaigns/{campaign_id}/adids',
  'get /api/traffic/campaigns/{campaign_id}/info',
  'get /api/traffic/campaigns/{campaign_id}/logs',
  'get /api/traffic/download/{campaign_id}',
  'get /api/traffic/events-log',
  'get /api/traffic/generated',
  'get /api/traffic/generated/{campaign_id}',
  'get /api/traffic/health',
  'get /api/traffic/monitor/{campaign_id}',
  'get /api/traffic/stats/{campaign_id}',
  'get /api/traffic/status/{campaign_id}',
  'get /health',
  'post /api/profiles/',
  'post /api/sessions/',
  'post /api/traffic/campaigns/{campaign_id}/log',
  'post /api/traffic/cleanup/{campaign_id}',
  'post /api/traffic/generate',
  'post /api/traffic/resume/{campaign_id}',
  'post /api/traffic/stop/{campaign_id}',
  'post /api/traffic/test',
  'put /api/profiles/{profile_id}',
  'put /api/sessions/{session_id}',
  'put /api/traffic/campaigns/{campaign_id}/status',
];

const SCHEMAS = [
  'CampaignInfo',
  'Error',
  'GenerateRequest',
  'LogLine',
  'LogRequest',
  'Profile',
  'ProfileCreate',
  'ProfileUpdate',
  'Session',
  'SessionCreate',
  'SessionUpdate',
  'StartedTraffic',
  'StatusChange',
  'StatusRequest',
  'TrafficEntry',
  'TrafficHealth',
  'TrafficMonitor',
  'TrafficStats',
  'TrafficStatus',
  'TrafficTest',
  'TrafficTestRequest',
];

let service: Service;
const shared = {
  service: () => service,
  title: 'Traffic Campaigns API',
  version: '1.0.0',
  schemas: SCHEMAS,
  pages: ['/docs'],
};

describe('without tokens', () => {
  beforeAll(async () => {
    service = await startCampaignsApi();
  });
  afterAll(() => service.close());

  describeOpenApiFacts({ ...shared, operations: OPERATIONS, logins: [] });
});

describe('with tokens', () => {
  beforeAll(async () => {
    service = await startCampaignsApi({ TRAFFIC_AUTH: 'required' });
  });
  afterAll(() => service.close());

  const login = 'post /api/traffic/token';
  describeOpenApiFacts({
    ...shared,
    operations: [...OPERATIONS, login].sort(),
    logins: ['/api/traffic/token'],
  });

  test('every operation tells of 503 that needs a store, and of 400 that reads a body', async () => {
    const { paths } = (await service.get('/openapi.json')).json;
    for (const [path, methods] of Object.entries<Record<string, Operation>>(paths)) {
      for (const [method, { responses, requestBody }] of Object.entries(methods)) {
        const isStoreless = ['/', '/health', '/api/health', '/api/endpoints'].includes(path);
        const tellsOf = Object.keys(responses);
        const health = path === '/api/traffic/health';
        if (!health) expect([method, path, tellsOf.includes('503')]).toEqual([method, path, !isStoreless]);
        if (requestBody)
          expect([method, path, tellsOf]).toEqual([method, path, expect.arrayContaining(['400', '413'])]);
      }
    }
  });
});

interface Operation {
  readonly responses: object;
  readonly requestBody?: object;
}
