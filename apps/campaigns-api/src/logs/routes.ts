// What is known of campaigns beside their traffic: log, logs, adids, events-log.
import type { ChunkReader } from '@trafficflux/campaigns';
import { type App, answer } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { toCampaignId } from '../campaigns/campaign.ts';
import type { CampaignRepository } from '../campaigns/repository.ts';
import { notFound } from '../errors.ts';
import { invalid, isAbsent, parseBody, requireFields } from '../fields/body.ts';
import { pageQuery, parsePage } from '../fields/page.ts';
import { toText } from '../fields/values.ts';
import { errorAnswers } from '../openapi.ts';
import { findAdids } from './adids.ts';
import type { LogRepository, LogRow } from './repository.ts';

export interface LogRoutesOptions {
  readonly logs: LogRepository;
  readonly campaigns: Pick<CampaignRepository, 'find'>;
  readonly chunks: ChunkReader;
}

const CAMPAIGN = '/api/traffic/campaigns/:campaign_id';
const LEVELS = ['debug', 'info', 'warning', 'error', 'critical'];
const MAX_MESSAGE = 5000;
const MAX_LINES = 1000;
const DEFAULT_LINES = 100;
const MAX_ENTRIES = 10_000;
const DEFAULT_ENTRIES = 1000;

export function addLogRoutes(app: App, { logs, campaigns, chunks }: LogRoutesOptions): void {
  app.post(`${CAMPAIGN}/log`, { schema: schemas.add }, async ({ params, body }) => {
    const { campaign_id: id } = params;
    const line = parseLine(body);
    if (toCampaignId(id) === null || !(await logs.add(id, line))) throw campaignNotFound(id);
    return { success: true, message: 'Log entry added' };
  });

  app.get(`${CAMPAIGN}/logs`, { schema: schemas.list }, async ({ params, query }) => {
    const { campaign_id: id } = params;
    const page = parseNewest(query, DEFAULT_LINES, MAX_LINES);
    const rows = toCampaignId(id) === null ? null : await logs.listOf(id, page);
    if (rows === null) throw campaignNotFound(id);
    return { success: true, data: rows.map(toLine) };
  });

  app.get(`${CAMPAIGN}/adids`, { schema: schemas.adids }, async ({ params, query }) => {
    const { campaign_id: id } = params;
    const page = parseNewest(query, DEFAULT_ENTRIES, MAX_ENTRIES);
    if (toCampaignId(id) === null || (await campaigns.find(id)) === null) throw campaignNotFound(id);
    const adids = await findAdids(chunks, id, page);
    return { success: true, data: { campaign_id: id, adids, total: adids.length } };
  });

  app.get('/api/traffic/events-log', { schema: schemas.events }, async ({ query }) => {
    const rows = await logs.listEvents(parseNewest(query, DEFAULT_LINES, MAX_LINES));
    return { success: true, data: rows.map(toLine) };
  });
}

function parseLine(raw: unknown): { level: string; message: string } {
  const body = parseBody(raw);
  requireFields(body, 'message');
  const message = toText('message', body.message, MAX_MESSAGE);
  const level = isAbsent(body.level) ? 'info' : body.level;
  if (typeof level !== 'string' || !LEVELS.includes(level))
    throw invalid('level', `must be one of ${LEVELS.join(', ')}`);
  return { level, message };
}

/** These lists have no end: without a limit they are short. */
function parseNewest(query: unknown, defaultLimit: number, maxLimit: number) {
  const { limit, offset } = parsePage(query, maxLimit);
  return { limit: limit ?? defaultLimit, offset };
}

function toLine({ campaignId, at, level, event, message }: LogRow) {
  return { campaign_id: campaignId, timestamp: at.toISOString(), level, event, message };
}

function campaignNotFound(id: string) {
  return notFound(`Campaign ${id} not found`);
}

const tags = ['Logs'];
const params = Type.Object({ campaign_id: Type.String() });
const success = Type.Literal(true);
const lines = Type.Object({ success, data: Type.Array(Type.Ref('LogLine')) });

const schemas = {
  add: {
    tags,
    summary: 'Write a line into the log of a campaign',
    params,
    body: Type.Ref('LogRequest'),
    response: {
      200: answer('Written', Type.Object({ success, message: Type.String() })),
      ...errorAnswers(400, 404, 413, 503),
    },
  },
  list: {
    tags,
    summary: 'The log of a campaign, the newest lines first',
    params,
    querystring: pageQuery(MAX_LINES),
    response: { 200: answer('The lines', lines), ...errorAnswers(400, 404, 503) },
  },
  adids: {
    tags,
    summary:
      'The different advertising ids in a part of the entries of a campaign; limit and offset count entries',
    params,
    querystring: pageQuery(MAX_ENTRIES),
    response: {
      200: answer(
        'The ids',
        Type.Object({
          success,
          data: Type.Object({
            campaign_id: Type.String(),
            adids: Type.Array(Type.String()),
            total: Type.Integer({ description: 'How many ids the answer has.' }),
          }),
        }),
      ),
      ...errorAnswers(400, 404, 503),
    },
  },
  events: {
    tags,
    summary: 'What happened to all campaigns, the newest first',
    querystring: pageQuery(MAX_LINES),
    response: { 200: answer('The events', lines), ...errorAnswers(400, 503) },
  },
} as const;
