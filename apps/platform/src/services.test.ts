import { expect, it, vi } from 'vitest';
import { READY, useRuns } from '../test/runs.ts';

const runs = useRuns();

it('runs our services, and what their table says to try works, one command after the other', async () => {
  runs.lendPostgres();
  const names = ['BOOKS', 'RUNNER', 'CAMPAIGNS', 'WORKER', 'HUB'];
  const ports = Object.fromEntries(names.map((name) => [`${name}_PORT`, '0']));
  const variables = { REAL_SERVICES: 'yes', LOG_LEVEL: 'warn', ...ports };
  const said = await runs.run(['start'], variables).until(READY);
  const commands = [...said.matchAll(/^ {4,}((?:curl|[A-Z]+=).*)$/gm)].map(([, command = '']) => command);
  expect(commands.length).toBe(13);

  const set: Record<string, string> = {};
  let watching: ReturnType<typeof runs.run> | undefined;
  const watch = async (topic: string) => {
    const started = runs.run(['topics', '--json', '-n', '2', topic], variables);
    await started.until(`Subscribed to ${topic}.`);
    return started;
  };
  const answers: string[] = [];
  for (const command of commands) {
    if (command.includes('/generate')) watching = await watch(`campaigns.${set.ID}`);
    if (command.includes('/monitor/')) await untilGenerated(command, set);
    const response = await ask(command, set);
    const answer = await response.text();
    answers.push(answer);
    expect(`${command}: ${response.status < 300 ? 'works' : answer}`).toBe(`${command}: works`);
    const name = /^([A-Z]+)=/.exec(command)?.[1];
    if (name !== undefined) set[name] = answer.split('"')[3] ?? '';
  }
  // One lists the session that the one before has started: it visits the books API for real.
  const listing = commands.findIndex((command) => command.includes('/auth/my-sessions'));
  expect(JSON.parse(answers[listing] ?? '')).toMatchObject({
    sessions: [{ user_id: 'ada', driver: 'http' }],
  });
  await vi.waitFor(
    async () => {
      const { sessions } = JSON.parse(await (await ask(commands[listing] ?? '', set)).text());
      expect(sessions[0].status).toBe('completed');
    },
    { timeout: 30_000, interval: 100 },
  );

  // What the campaign's worker has made by the time of the stop.
  const download = commands.findIndex((command) => command.includes('/download/'));
  const { total_requests, traffic_data } = JSON.parse(answers[download] ?? '').data;
  expect(total_requests).toBeGreaterThan(0);
  expect(traffic_data).toHaveLength(total_requests);

  // What the terminal was told meanwhile.
  expect(await watching?.exit).toMatchObject({ code: 0 });
  const events = (watching?.said() ?? '').split('\n').filter((line) => line.startsWith('{'));
  expect(events.map((line) => JSON.parse(line))).toMatchObject([
    { topic: `campaigns.${set.ID}`, from_user: null, payload: { type: 'started' } },
    { topic: `campaigns.${set.ID}`, payload: { campaign_id: set.ID } },
  ]);

  const accounts = runs.run(['accounts', 'list'], variables);
  expect(await accounts.exit).toMatchObject({ code: 0 });
  expect(accounts.said()).toMatch(/^ada +ada@example\.com /m);
}, 120_000);

/** People need a moment to type the next command. */
async function untilGenerated(command: string, set: Readonly<Record<string, string>>): Promise<void> {
  await expect
    .poll(async () => JSON.parse(await (await ask(command, set)).text()).data.total_requests)
    .toBeGreaterThan(0);
}

/** Does what the command would: a machine may lack curl. */
function ask(written: string, set: Readonly<Record<string, string>>): Promise<Response> {
  const command = written.replaceAll(/'?\$([A-Z]+)'?/g, (_, name: string) => set[name] ?? '');
  const find = (pattern: RegExp) => pattern.exec(command)?.[1];
  const headers = [...command.matchAll(/-H (['"])(.+?): (.+?)\1/g)].map(
    ([, , name = '', value = '']): [string, string] => [name, value],
  );
  const body = find(/ -d '(.+?)'/);
  return fetch(find(/ (https?:\S+)/) ?? '', {
    method: find(/ -X (\w+) /) ?? 'GET',
    headers,
    ...(body === undefined ? {} : { body }),
  });
}
