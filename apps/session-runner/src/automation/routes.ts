// /automation/…, and /auth/my-sessions
import { type Account, toUserId } from '@trafficflux/accounts';
import type { CallLimiter } from '@trafficflux/auth';
import { type App, ignoreBodies } from '@trafficflux/service-kit';
import type { onRequestHookHandler } from 'fastify';
import type { Sessions } from '../sessions/sessions.ts';
import { getAccount } from '../users/guard.ts';
import { parseBody, parseQuery } from '../validation/fields.ts';
import { historyFields, startFields, startMultiFields } from './fields.ts';
import { operations } from './operations.ts';
import * as views from './views.ts';

export interface AutomationRoutesOptions {
  readonly sessions: Sessions;
  /** Counts by account. */
  readonly calls: CallLimiter;
}

export function addAutomationRoutes(app: App, { sessions, calls }: AutomationRoutesOptions): void {
  const countCall: onRequestHookHandler = (request, _reply, done) => {
    calls.count(getAccount(request).id);
    done();
  };
  const onRequest = [app.requireBearer, countCall];
  addStartRoutes(app, sessions, onRequest);
  addStopRoutes(app, sessions, onRequest);
  addReadRoutes(app, sessions, onRequest);

  const history = { schema: operations.history, onRequest: app.requireBearer };
  app.get('/auth/my-sessions', history, async (request) => {
    const { limit } = parseQuery(historyFields, request.query);
    return views.toHistory(await sessions.history(getAccount(request).username, limit));
  });
}

type Guards = (App['requireBearer'] | onRequestHookHandler)[];

function addStartRoutes(app: App, sessions: Sessions, onRequest: Guards): void {
  async function start(account: Account, fields: StartFields, threadCount: number) {
    const order = {
      username: account.username,
      userId: toUserId(account),
      searchKeyword: fields.search_keyword,
      targetDomain: fields.target_domain,
      threadCount,
    };
    return views.toStarted(order, await sessions.start(order));
  }

  app.post('/automation/start', { schema: operations.start, onRequest }, async (request) =>
    start(getAccount(request), parseBody(startFields, request.body), 1),
  );

  app.post('/automation/start-multi', { schema: operations.startMulti, onRequest }, async (request) => {
    const { thread_count, ...fields } = parseBody(startMultiFields, request.body);
    return start(getAccount(request), fields, thread_count);
  });
}

interface StartFields {
  readonly search_keyword: string;
  readonly target_domain: string;
}

function addStopRoutes(app: App, sessions: Sessions, onRequest: Guards): void {
  app.register(async (scope) => {
    ignoreBodies(scope);

    scope.post('/automation/stop', { schema: operations.stopAll, onRequest }, async (request) => {
      const { username } = getAccount(request);
      return views.toAllStopped(username, await sessions.stopAll(username));
    });

    const stop = { schema: operations.stop, onRequest };
    scope.post<WithSessionId>('/automation/stop/:session_id', stop, async (request) => {
      const { username } = getAccount(request);
      return views.toStopped(username, await sessions.stop(username, request.params.session_id));
    });
  });
}

interface WithSessionId {
  Params: { readonly session_id: string };
}

function addReadRoutes(app: App, sessions: Sessions, onRequest: Guards): void {
  app.get('/automation/status', { schema: operations.overview, onRequest }, async (request) => {
    const { username } = getAccount(request);
    return views.toOverview(username, await sessions.listAllActive(username));
  });

  const status = { schema: operations.status, onRequest };
  app.get<WithSessionId>('/automation/status/:session_id', status, async (request) =>
    views.toStatus(await sessions.view(getAccount(request).username, request.params.session_id)),
  );

  app.get('/automation/config', { schema: operations.config, onRequest }, async () =>
    views.toConfigView(await sessions.countAll()),
  );
}
