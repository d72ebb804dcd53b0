// /api/sessions: campaigns, which the documents call sessions.
import { type App, answer, ignoreBodies } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { sendList } from '../fields/json-list.ts';
import { pageQuery, parsePage } from '../fields/page.ts';
import { errorAnswers } from '../openapi.ts';
import { toCampaignView } from './campaign.ts';
import { parseCampaignPatch, parseNewCampaign } from './fields.ts';
import type { CampaignRepository } from './repository.ts';
import type { CampaignService } from './service.ts';

export interface CampaignRoutesOptions {
  readonly campaigns: CampaignService;
  readonly repository: Pick<CampaignRepository, 'list'>;
}

const LIST = '/api/sessions/';
const ONE = '/api/sessions/:session_id';
const MAX_PAGE = 1000;

export function addCampaignRoutes(app: App, { campaigns, repository }: CampaignRoutesOptions): void {
  for (const path of [LIST, LIST.slice(0, -1)]) {
    const hide = path !== LIST;
    app.get(path, { schema: { ...schemas.list, hide } }, ({ query }, reply) =>
      sendList(reply, parsePage(query, MAX_PAGE), {
        read: ({ last, ...batch }) => repository.list({ ...batch, after: last?.number ?? null }),
        toView: toCampaignView,
      }),
    );
    app.post(path, { schema: { ...schemas.create, hide } }, ({ body }) =>
      campaigns.create(parseNewCampaign(body)),
    );
  }

  app.get(ONE, { schema: schemas.get }, ({ params }) => campaigns.get(params.session_id));

  app.put(ONE, { schema: schemas.update }, ({ params, body }) =>
    campaigns.update(params.session_id, parseCampaignPatch(body)),
  );

  app.register(async (scope: App) => {
    ignoreBodies(scope);
    scope.delete(ONE, { schema: schemas.delete }, async ({ params }) => {
      await campaigns.delete(params.session_id);
      return { success: true, message: `Session ${params.session_id} deleted` };
    });
  });
}

const tags = ['Sessions'];
const params = Type.Object({ session_id: Type.String() });
const session = Type.Ref('Session');

const schemas = {
  list: {
    tags,
    summary: 'List campaigns in the order of their creation',
    querystring: pageQuery(MAX_PAGE),
    response: { 200: answer('The campaigns', Type.Array(session)), ...errorAnswers(400, 503) },
  },
  create: {
    tags,
    summary: 'Create a campaign',
    body: Type.Ref('SessionCreate'),
    response: { 200: answer('The new campaign', session), ...errorAnswers(400, 403, 413, 503) },
  },
  get: {
    tags,
    summary: 'Get a campaign',
    params,
    response: { 200: answer('The campaign', session), ...errorAnswers(404, 503) },
  },
  update: {
    tags,
    summary: 'Change settings of a campaign; what is absent stays as it is, and a run that is under way too',
    params,
    body: Type.Ref('SessionUpdate'),
    response: { 200: answer('The campaign', session), ...errorAnswers(400, 403, 404, 413, 503) },
  },
  delete: {
    tags,
    summary: 'Delete a campaign with everything that it stored; a run ends first',
    params,
    response: {
      200: answer('Deleted', Type.Object({ success: Type.Literal(true), message: Type.String() })),
      ...errorAnswers(404, 503),
    },
  },
} as const;
