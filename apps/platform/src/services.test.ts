import { expect, it, vi } from 'vitest';
import { READY, useRuns } from '../test/runs.ts';

const runs = useRuns();

it('runs our services, and what their table says to try works, one command after the other', async () => {
  runs.lendPostgres();
  const variables = { REAL_SERVICES: 'yes', BOOKS_PORT: '0', RUNNER_PORT: '0', LOG_LEVEL: 'warn' };
  const said = await runs.run(['start'], variables).until(READY);
  const commands = [...said.matchAll(/^ {4}((?:curl|TOKEN=).*)$/gm)].map(([, command = '']) => command);
  expect(commands.length).toBe(6);

  let answer = '';
  let token = '';
  for (const command of commands) {
    const response = await ask(command, token);
    answer = await response.text();
    expect(`${command}: ${response.status < 300 ? 'works' : answer}`).toBe(`${command}: works`);
    if (command.startsWith('TOKEN=')) token = answer.split('"')[3] ?? '';
  }
  // The last one lists the session that the one before has started: it visits the books API for real.
  expect(JSON.parse(answer)).toMatchObject({ sessions: [{ user_id: 'ada', driver: 'http' }] });
  await vi.waitFor(
    async () => {
      const { sessions } = JSON.parse(await (await ask(commands.at(-1) ?? '', token)).text());
      expect(sessions[0].status).toBe('completed');
    },
    { timeout: 30_000, interval: 100 },
  );

  const accounts = runs.run(['accounts', 'list'], variables);
  expect(await accounts.exit).toMatchObject({ code: 0 });
  expect(accounts.said()).toMatch(/^ada +ada@example\.com /m);
}, 120_000);

/** Does what the command would: a machine may lack curl. */
function ask(command: string, token: string): Promise<Response> {
  const find = (pattern: RegExp) => pattern.exec(command)?.[1];
  const headers = [...command.matchAll(/-H (['"])(.+?): (.+?)\1/g)].map(
    ([, , name = '', value = '']): [string, string] => [name, value.replace('$TOKEN', token)],
  );
  const body = find(/ -d '(.+?)'/);
  return fetch(find(/ (https?:\S+)/) ?? '', {
    method: find(/ -X (\w+) /) ?? 'GET',
    headers,
    ...(body === undefined ? {} : { body }),
  });
}
