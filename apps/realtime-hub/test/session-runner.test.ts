// With the session runner beside it: the accounts are the same (H6), the tokens are not, and the Postman collection runs.
import { runPostman } from '@trafficflux/tooling/postman';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hub, PASSWORD, startHub } from './service.ts';
import { type SessionRunner, startSessionRunner } from './session-runner.ts';

let hub: Hub;
let runner: SessionRunner;
beforeAll(async () => {
  hub = await startHub();
  runner = await startSessionRunner(hub);
});
afterAll(async () => {
  await runner.end();
  await hub.close();
});

test('H6 who registers at the session runner logs in at the hub, by username or e-mail', async () => {
  const person = { username: 'ada', email: 'Ada@example.com', password: PASSWORD };
  expect((await runner.post('/auth/register', person)).status).toBe(200);
  for (const username of ['ada', 'ada@example.com']) {
    const { status, json } = await hub.post('/sessions', { username, password: PASSWORD });
    expect([status, json.user.username, json.user.roles]).toEqual([200, 'ada', ['user', 'subscriber']]);
  }
});

test('S4 the tokens of one are refused by the other, although both sign with one secret', async () => {
  const person = { username: 'bob', email: 'bob@example.com', password: PASSWORD };
  await runner.post('/auth/register', person);
  const { access_token: fromRunner } = (await runner.post('/auth/login', person)).json;
  const { access_token: fromHub, session_id } = await hub.logIn('bob');
  expect((await runner.get('/auth/me', fromRunner)).status).toBe(200);
  expect((await runner.get('/auth/me', fromHub)).status).toBe(401);
  expect((await hub.remove(`/sessions/${session_id}`, fromRunner)).status).toBe(401);
  expect((await hub.remove(`/sessions/${session_id}`, fromHub)).status).toBe(204);
});

test('every request of the Postman collection passes its tests, twice in a row', async () => {
  const baseUrl = `http://127.0.0.1:${await hub.port()}`;
  for (let round = 0; round < 2; round++) {
    const { requests, passed, failed } = await runPostman({
      collection: 'realtime-hub.postman_collection.json',
      environment: 'realtime-hub.postman_environment.json',
      variables: { baseUrl, runnerUrl: runner.url },
    });
    expect(failed).toEqual([]);
    expect(passed).toHaveLength(16);
    expect(requests).toEqual([
      'Health: 200',
      'Information: 200',
      'Metrics: 200',
      'Metrics for Prometheus: 200',
      'Connect without an upgrade: 426',
      'Register: 200',
      'Log in: 200',
      'Log in by e-mail, with a wrong password: 401',
      'Log in without a password: 400',
      'Refresh: 200',
      'Refresh with an access token: 401',
      'Log out without a token: 401',
      'Log out of a session that is none: 404',
      'Log out: 204',
      'Log out again: 401',
      'Refresh after that: 401',
    ]);
  }
});
