// How the routes that tell of traffic describe themselves, for the OpenAPI document.
import { answer } from '@trafficflux/service-kit';
import { type TSchema, Type } from 'typebox';
import { errorAnswers } from '../openapi.ts';

const tags = ['Traffic'];
const params = Type.Object({ campaign_id: Type.String() });
const data = (description: string, schema: TSchema) =>
  answer(description, Type.Object({ success: Type.Literal(true), data: schema }));

export const monitor = {
  tags,
  summary: 'Monitor a campaign: counts and rates of all its entries',
  params,
  response: {
    200: data('Its traffic; zeros for an unknown campaign', Type.Ref('TrafficMonitor')),
    ...errorAnswers(404, 503),
  },
} as const;

export const status = {
  tags,
  summary: 'The current status of a campaign',
  params,
  response: {
    200: data('Its status; null for an unknown campaign', Type.Ref('TrafficStatus')),
    ...errorAnswers(404, 503),
  },
} as const;

export const stats = {
  tags,
  summary: 'The statistics of a campaign that has entries',
  params,
  response: { 200: data('Its statistics', Type.Ref('TrafficStats')), ...errorAnswers(404, 503) },
} as const;

export const info = {
  tags,
  summary: 'All that is known of a campaign and of its traffic',
  params,
  response: { 200: data('The campaign', Type.Ref('CampaignInfo')), ...errorAnswers(404, 503) },
} as const;

export const health = {
  tags,
  summary: 'Whether campaigns can be run and stored, and which ones run',
  response: {
    200: answer(
      'It is healthy',
      Type.Object({
        success: Type.Literal(true),
        status: Type.Literal('healthy'),
        message: Type.String(),
        data: Type.Ref('TrafficHealth'),
      }),
    ),
    ...errorAnswers(500),
  },
} as const;
