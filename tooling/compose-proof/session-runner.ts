// A client's first minute with the session runner.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { authorize, getText, post } from './client.ts';
import type { Smoked } from './services.ts';

const endedWithinMs = 60_000;

/** Registers, logs in, plays a journey at the books API and rehearses one elsewhere, and looks at what the runner says of itself. */
export async function smokeSessionRunner(url: string): Promise<Smoked> {
  const username = `proof_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  const email = `${username}@example.com`;

  const registered = await post(`${url}/auth/register`, { username, email, password }, 200);
  assert.deepEqual(registered, { username, email, full_name: null, disabled: false });
  await post(`${url}/auth/register`, { username, email: `other_${email}`, password }, 400);
  const login = await post(`${url}/auth/login`, { username, password }, 200);
  const token = String(login.access_token);

  await post(`${url}/automation/start`, { search_keyword: 'books', target_domain: 'books-api' }, 401);
  assert.equal(await playToItsEnd(url, token, 'http://books-api:5000'), 'http');
  assert.equal(await playToItsEnd(url, token, 'https://shop.example'), 'dry-run');

  assert.match(await getText(`${url}/docs`), /swagger/i);
  assert.match(await getText(`${url}/openapi.json`), /"\/automation\/start-multi"/);
  assert.match(
    await getText(`${url}/metrics`),
    /http_request_duration_seconds_count\{[^}]*route="\/auth\/login"/,
  );
  assert.equal(JSON.parse(await getText(`${url}/health`)).status, 'healthy');
  assert.equal((await fetch(`${url}/health/ready`)).status, 200);
  return { secrets: [password, token], stored: { path: '/auth/my-sessions', headers: authorize(token) } };
}

/** Starts a session of two journeys and waits until all are completed; returns who played them. */
async function playToItsEnd(url: string, token: string, target: string): Promise<unknown> {
  const order = { search_keyword: 'books', target_domain: target, thread_count: 2 };
  const started = await post(`${url}/automation/start-multi`, order, 200, token);
  const deadline = performance.now() + endedWithinMs;
  for (;;) {
    const session = JSON.parse(await getText(`${url}/automation/status/${started.session_id}`, token));
    if (session.status === 'completed') {
      assert.equal(session.completed_threads, 2);
      return started.driver;
    }
    assert.equal(session.status, 'running', `${target}: the session ended as ${JSON.stringify(session)}`);
    assert.ok(performance.now() < deadline, `${target}: the session still runs`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
