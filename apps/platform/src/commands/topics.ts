// `npm run topics -- campaigns.ID`: subscribes at the hub, and shows what comes in.
import { NodeRealtimeClient } from '@trafficflux/realtime-client/node';
import type { Context } from '../context.ts';
import { Problem } from '../problem.ts';
import { findRunState } from '../run-state.ts';
import { formatMessage } from '../topics/format-message.ts';
import { type Credentials, type HubLogin, logIn, logOut } from '../topics/hub-login.ts';

export interface TopicsOptions {
  readonly topics: readonly string[];
  readonly url?: string;
  readonly user?: string;
  readonly password?: string;
  readonly json: boolean;
  /** Ends after so many messages; without, when it is asked to. */
  readonly count?: number;
  readonly isTerminal: boolean;
}

/** Stands for the id of whoever is logged in. */
const ME = '{me}';

export async function topics(context: Context, options: TopicsOptions): Promise<number> {
  if (options.topics.length === 0)
    throw new Problem('bad-usage', 'Please name a topic, for example: npm run topics -- campaigns.ID', {
      exitCode: 2,
    });
  const hubUrl = (options.url ?? findUrl(context, 'realtime-hub') ?? missingHub()).replace(/\/$/, '');
  const login = await logIn({
    hubUrl,
    credentials: readCredentials(options),
    runnerUrl: findUrl(context, 'session-runner'),
    dataDir: context.dataDir,
  });
  try {
    return await listen(context, options, hubUrl, login);
  } finally {
    await logOut(hubUrl, login);
  }
}

async function listen(
  context: Context,
  options: TopicsOptions,
  hubUrl: string,
  login: HubLogin,
): Promise<number> {
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const client = new NodeRealtimeClient(`${hubUrl.replace(/^http/, 'ws')}/ws`, login.accessToken, {
    refreshToken: login.refreshToken,
    tokenPlace: 'header',
    maxReconnectAttempts: Number.POSITIVE_INFINITY,
  });
  const say = (sentence: string) => context.printError(`${sentence}\n`);
  const format = { json: options.json, colours: options.isTerminal };
  let left = options.count ?? Number.POSITIVE_INFINITY;

  client.on('Broadcast', ({ topic, payload, metadata }) => {
    if (left <= 0) return;
    const line = formatMessage(
      { topic, payload, sentAt: metadata.sent_at, fromUser: metadata.from_user },
      format,
    );
    context.print(`${line}\n`);
    if (--left === 0) end(0);
  });
  client.on('Status', ({ status, details }) => {
    if (status === 'subscribed') say(`Subscribed to ${(details.topics as readonly string[]).join(', ')}.`);
  });
  client.on('Error', ({ code, message }) => {
    say(`${message} (${code})`);
    if (code === 400 || code === 403) end(1);
  });
  client.on('reconnecting', ({ delayMs }) =>
    say(`The hub is away; next try in ${Math.ceil(delayMs / 1000)} s.`),
  );
  client.on('stopped', (error) => {
    say(error.message);
    end(1);
  });
  context.ending.addEventListener('abort', () => end(0), { once: true });

  client.subscribe(options.topics.map((topic) => topic.replaceAll(ME, login.userId)));
  client.connect().catch(() => {});
  const exitCode = await ended;
  client.disconnect();
  return exitCode;
}

function readCredentials({ user, password }: TopicsOptions): Credentials | null {
  if (user === undefined && password === undefined) return null;
  if (user !== undefined && password !== undefined) return { username: user, password };
  throw new Problem('bad-usage', '--user and --password belong together.', { exitCode: 2 });
}

function findUrl(context: Context, service: string): string | undefined {
  return findRunState(context.dataDir)?.services.find(({ name }) => name === service)?.url;
}

function missingHub(): never {
  throw new Problem(
    'not-running',
    'The hub does not run here: start it with npm start, or name another with --url URL.',
  );
}
