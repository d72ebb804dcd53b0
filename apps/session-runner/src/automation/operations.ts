// The routes of sessions, for the OpenAPI document.
import { answer, bearerSecurity } from '@trafficflux/service-kit';
import { Type } from 'typebox';
import { errorAnswers } from '../openapi.ts';

const shared = { tags: ['Automation'], security: bearerSecurity };
const sessionId = Type.Object({ session_id: Type.String() });

export const operations = {
  start: {
    ...shared,
    summary: 'Start a session of one thread',
    body: Type.Ref('StartRequest'),
    response: {
      200: answer('The session has been started', Type.Ref('StartedSession')),
      ...errorAnswers(400, 401, 413, 422, 429, 503),
    },
  },
  startMulti: {
    ...shared,
    summary: 'Start a session of several threads',
    body: Type.Ref('StartMultiRequest'),
    response: {
      200: answer('The session has been started', Type.Ref('StartedSession')),
      ...errorAnswers(400, 401, 413, 422, 429, 503),
    },
  },
  overview: {
    ...shared,
    summary: 'Your active sessions',
    response: {
      200: answer('The sessions by their ids', Type.Ref('ActiveSessions')),
      ...errorAnswers(400, 401, 429, 503),
    },
  },
  status: {
    ...shared,
    summary: 'One session, with what its journeys did',
    description: 'A session that has ended by itself can be read for an hour.',
    params: sessionId,
    response: {
      200: answer('The session', Type.Ref('SessionStatus')),
      ...errorAnswers(400, 401, 403, 404, 429, 503),
    },
  },
  stopAll: {
    ...shared,
    summary: 'Stop all your sessions',
    response: {
      200: answer(
        'The sessions have been stopped; the status is `error` where there was none',
        Type.Ref('StoppedSessions'),
      ),
      ...errorAnswers(400, 401, 413, 429, 503),
    },
  },
  stop: {
    ...shared,
    summary: 'Stop a session',
    params: sessionId,
    response: {
      200: answer('The session has been stopped', Type.Ref('StoppedSession')),
      ...errorAnswers(400, 401, 403, 404, 413, 429, 503),
    },
  },
  config: {
    ...shared,
    summary: 'How many threads there are, and how many of them are free',
    response: {
      200: answer('The configuration and the load of all users', Type.Ref('AutomationConfig')),
      ...errorAnswers(400, 401, 429, 503),
    },
  },
  history: {
    tags: ['Authentication'],
    security: bearerSecurity,
    summary: 'Your sessions, the newest first',
    querystring: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
    }),
    response: {
      200: answer('The sessions', Type.Ref('PastSessions')),
      ...errorAnswers(400, 401, 422, 503),
    },
  },
} as const;
