// How the routes that change runs describe themselves, for the OpenAPI document.
import { answer } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { errorAnswers } from '../openapi.ts';

const tags = ['Traffic'];
const params = Type.Object({ campaign_id: Type.String() });
const done = (description: string) =>
  answer(description, Type.Object({ success: Type.Literal(true), message: Type.String() }));

export const generate = {
  tags,
  summary: 'Start traffic generation for a campaign whose status is running',
  body: Type.Ref('GenerateRequest'),
  response: {
    200: answer('Started', Type.Ref('StartedTraffic')),
    ...errorAnswers(400, 403, 404, 409, 413, 503),
  },
} as const;

export const stop = {
  tags,
  summary: 'Stop traffic generation of a campaign, also of a paused one; it becomes stopped',
  params,
  response: { 200: done('Stopped: nothing more is written'), ...errorAnswers(404, 503) },
} as const;

export const cleanup = {
  tags,
  summary: 'Stop what a campaign still does; its entries are kept unless they are purged',
  params,
  querystring: Type.Object({ purge: Type.Optional(Type.Boolean({ default: false })) }),
  response: { 200: done('Cleaned up, also where there was nothing to do'), ...errorAnswers(400, 404, 503) },
} as const;

export const resume = {
  tags,
  summary: 'Go on with a stopped or failed campaign for the time that its last run had left',
  params,
  response: {
    200: answer('Started again', Type.Ref('StartedTraffic')),
    ...errorAnswers(400, 403, 404, 409, 503),
  },
} as const;

export const changeStatus = {
  tags,
  summary: 'Change the status of a campaign; paused suspends its traffic, and running continues it',
  params,
  body: Type.Ref('StatusRequest'),
  response: {
    200: answer('Changed, or as it was', Type.Ref('StatusChange')),
    ...errorAnswers(400, 404, 409, 413, 503),
  },
} as const;
