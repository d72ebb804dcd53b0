// The session runner as a process of its own, which a test may kill.
import { type ServiceProcess, startServiceProcess } from '@trafficflux/tooling/service-tests';
import { TEST_SECRET } from '@trafficflux/tooling/test-stores';

export interface RunnerProcess extends ServiceProcess {
  /** Asks it over HTTP and returns the body. */
  ask(method: 'GET' | 'POST', path: string, body?: object, token?: string): Promise<RunnerAnswer>;
  /** Registers somebody and returns a token of theirs. */
  signUp(username: string): Promise<string>;
}

export interface RunnerAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any;
}

/** Starts it on a free port; returns when it listens. `databaseUrl` holds the tables of accounts, sessions and the bus. */
export async function startRunnerProcess(
  databaseUrl: string,
  environment: Record<string, string> = {},
): Promise<RunnerProcess> {
  const runner = await startServiceProcess(new URL('../src/main.ts', import.meta.url), {
    SECRET_KEY: TEST_SECRET,
    BCRYPT_COST: '4',
    SHED_EVENT_LOOP_DELAY_MS: '60000',
    ACCOUNTS_DATABASE_URL: databaseUrl,
    PLATFORM_DATABASE_URL: databaseUrl,
    ...environment,
  });

  async function ask(method: string, path: string, body?: object, token?: string): Promise<RunnerAnswer> {
    const headers = {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(runner.url + path, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: await response.json() };
  }

  return {
    ...runner,
    ask,
    async signUp(username) {
      const person = { username, email: `${username}@example.com`, password: 'pass word' };
      await ask('POST', '/auth/register', person);
      return (await ask('POST', '/auth/login', person)).json.access_token;
    },
  };
}
