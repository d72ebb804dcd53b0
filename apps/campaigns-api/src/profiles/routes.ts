// /api/profiles: the people that a campaign plays.
import { type App, answer, ignoreBodies } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { notFound } from '../errors.ts';
import { sendList } from '../fields/json-list.ts';
import { pageQuery, parsePage } from '../fields/page.ts';
import { errorAnswers } from '../openapi.ts';
import { parseNewProfile, parseProfilePatch } from './fields.ts';
import { toProfileView } from './profile.ts';
import type { ProfileRepository, ProfileRow } from './repository.ts';

const LIST = '/api/profiles/';
const ONE = '/api/profiles/:profile_id';
const MAX_PAGE = 1000;

export function addProfileRoutes(app: App, profiles: ProfileRepository): void {
  for (const path of [LIST, LIST.slice(0, -1)]) {
    const hide = path !== LIST;
    app.get(path, { schema: { ...schemas.list, hide } }, ({ query }, reply) =>
      sendList(reply, parsePage(query, MAX_PAGE), {
        read: ({ last, ...batch }) => profiles.list({ ...batch, after: last }),
        toView: toProfileView,
      }),
    );
    app.post(path, { schema: { ...schemas.create, hide } }, async ({ body }, reply) => {
      reply.code(201);
      return toProfileView(await profiles.create(parseNewProfile(body)));
    });
  }

  app.get(ONE, { schema: schemas.get }, async ({ params }) =>
    toExistingView(await profiles.find(params.profile_id)),
  );

  app.put(ONE, { schema: schemas.update }, async ({ params, body }) =>
    toExistingView(await profiles.update(params.profile_id, parseProfilePatch(body))),
  );

  app.register(async (scope: App) => {
    ignoreBodies(scope);
    scope.delete(ONE, { schema: schemas.delete }, async ({ params }) => {
      if (!(await profiles.delete(params.profile_id))) throw profileNotFound();
      return { message: 'Profile deleted successfully' };
    });
  });
}

function toExistingView(row: ProfileRow | null) {
  if (row === null) throw profileNotFound();
  return toProfileView(row);
}

function profileNotFound() {
  return notFound('Profile not found');
}

const tags = ['Profiles'];
const params = Type.Object({ profile_id: Type.String() });
const profile = Type.Ref('Profile');

const schemas = {
  list: {
    tags,
    summary: 'List profiles in the order of their creation',
    querystring: pageQuery(MAX_PAGE),
    response: { 200: answer('The profiles', Type.Array(profile)), ...errorAnswers(400, 503) },
  },
  create: {
    tags,
    summary: 'Create a profile',
    body: Type.Ref('ProfileCreate'),
    response: { 201: answer('The new profile', profile), ...errorAnswers(400, 413, 503) },
  },
  get: {
    tags,
    summary: 'Get a profile',
    params,
    response: { 200: answer('The profile', profile), ...errorAnswers(404, 503) },
  },
  update: {
    tags,
    summary: 'Change a profile; what is absent stays as it is',
    params,
    body: Type.Ref('ProfileUpdate'),
    response: { 200: answer('The profile', profile), ...errorAnswers(400, 404, 413, 503) },
  },
  delete: {
    tags,
    summary: 'Delete a profile',
    params,
    response: {
      200: answer('Deleted', Type.Object({ message: Type.String() })),
      ...errorAnswers(404, 503),
    },
  },
} as const;
