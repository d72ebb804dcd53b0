// The operation of the tests in the OpenAPI document.
import { answer } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { errorAnswers } from '../openapi.ts';

export const test = {
  tags: ['Traffic'],
  summary: 'Test the generation of traffic data and the simulation of requests; nothing is sent or stored',
  body: Type.Ref('TrafficTestRequest'),
  response: {
    200: answer('What came of the test', Type.Ref('TrafficTest')),
    ...errorAnswers(400, 413, 503),
  },
} as const;
