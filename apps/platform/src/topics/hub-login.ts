// A login at the hub for the terminal: somebody's own, or that of an account which this command keeps for itself.

import { Problem } from '../problem.ts';
import { ensureSecret } from '../secrets.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface HubLogin {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly userId: string;
}

export interface LoginOptions {
  readonly hubUrl: string;
  /** Null: the account of this machine. */
  readonly credentials: Credentials | null;
  /** Where that account is made, the first time. */
  readonly runnerUrl: string | undefined;
  readonly dataDir: string;
}

const TERMINAL = 'terminal';
const LIMIT_MS = 10_000;

/** @throws {Problem} a sentence that says what to do */
export async function logIn({ hubUrl, credentials, runnerUrl, dataDir }: LoginOptions): Promise<HubLogin> {
  if (credentials !== null) return (await tryToLogIn(hubUrl, credentials)) ?? refuse(credentials);
  const own = { username: TERMINAL, password: ensureSecret(dataDir, 'terminal-account') };
  return (await tryToLogIn(hubUrl, own)) ?? (await register(runnerUrl, own, hubUrl));
}

/** Ends the login, as far as the hub can still be reached. */
export async function logOut(hubUrl: string, { sessionId, accessToken }: HubLogin): Promise<void> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const signal = AbortSignal.timeout(1000);
  await fetch(`${hubUrl}/sessions/${sessionId}`, { method: 'DELETE', headers, signal }).catch(() => {});
}

/** Null when the hub does not know the account, or has another password for it. */
async function tryToLogIn(hubUrl: string, credentials: Credentials): Promise<HubLogin | null> {
  const response = await post(`${hubUrl}/sessions`, credentials);
  if (response.status === 401) return null;
  const body = await readJson(response);
  if (!response.ok)
    throw new Problem('login-failed', `The hub said: ${body.error?.message ?? response.status}.`);
  return {
    accessToken: body.access_token,
    refreshToken: body.refresh_token,
    sessionId: body.session_id,
    userId: body.user.id,
  };
}

async function register(
  runnerUrl: string | undefined,
  { username, password }: Credentials,
  hubUrl: string,
): Promise<HubLogin> {
  const hint = 'Please give an account with --user NAME --password PASSWORD.';
  if (runnerUrl === undefined)
    throw new Problem('login-failed', `The session runner, which makes accounts, does not run here. ${hint}`);
  const response = await post(`${runnerUrl}/auth/register`, {
    username,
    email: `${username}@localhost`,
    password,
    full_name: 'npm run topics',
  });
  const login = response.ok ? await tryToLogIn(hubUrl, { username, password }) : null;
  if (login !== null) return login;
  throw new Problem('login-failed', `The account "${username}" could not be made or used. ${hint}`);
}

function refuse({ username }: Credentials): never {
  throw new Problem('login-failed', `The hub knows no "${username}" with this password.`);
}

async function post(url: string, body: object): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
  } catch (cause) {
    throw new Problem('unreachable', `${new URL(url).origin} cannot be reached.`, { cause });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what a server answers is looked at field by field
async function readJson(response: Response): Promise<any> {
  return await response.json().catch(() => ({}));
}
