// How the routes of entries describe themselves, for the OpenAPI document.
import { answer } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { pageQuery } from '../fields/page.ts';
import { errorAnswers } from '../openapi.ts';

/** The most that `limit` may ask for. Without it an answer has everything, and is streamed. */
export const MAX_PAGE = 10_000;

const tags = ['Traffic'];
const params = Type.Object({ campaign_id: Type.String() });
const success = Type.Literal(true);
const entries = Type.Array(Type.Ref('TrafficEntry'));
const count = Type.Integer({ minimum: 0 });
const time = Type.String({ format: 'date-time' });

export const generatedByAll = {
  tags,
  summary: 'The entries of all campaigns',
  querystring: pageQuery(MAX_PAGE),
  response: {
    200: answer('One campaign after the other, each in order', Type.Object({ success, data: entries })),
    ...errorAnswers(400, 503),
  },
} as const;

export const generated = {
  tags,
  summary: 'The entries of a campaign; the metadata count all of them, whatever limit and offset say',
  params,
  querystring: pageQuery(MAX_PAGE),
  response: {
    200: answer(
      'The entries in order',
      Type.Object({
        success,
        data: entries,
        metadata: Type.Object({
          total_requests: count,
          successful_requests: count,
          last_updated: time,
        }),
      }),
    ),
    ...errorAnswers(400, 404, 503),
  },
} as const;

export const download = {
  tags,
  summary: 'All entries of a campaign as a file',
  params,
  response: {
    200: answer(
      'The file',
      Type.Object({
        success,
        data: Type.Object({
          campaign_id: Type.String(),
          download_time: time,
          total_requests: count,
          successful_requests: count,
          traffic_data: entries,
        }),
        filename: Type.String(),
      }),
    ),
    ...errorAnswers(404, 503),
  },
} as const;
