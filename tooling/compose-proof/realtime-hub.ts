// A client's first minutes with the hub: a campaign and a session watched live, and messages between people.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { NodeRealtimeClient } from '@trafficflux/realtime-client/node';
import { authorize, getText, post } from './client.ts';
import type { Smoked } from './services.ts';
import { watchInBrowser, watchInTerminal } from './watchers.ts';

const heardWithinMs = 30_000;

interface Person {
  readonly id: string;
  readonly username: string;
  readonly token: string;
  readonly runnerToken: string;
  readonly sessionId: string;
  readonly password: string;
  readonly refreshToken: string;
}

/** Two people register at the session runner and log in at the hub; services and people tell them things. */
export async function smokeRealtimeHub(
  url: string,
  urlOf: (service: string) => Promise<string>,
): Promise<Smoked> {
  const [runner, campaigns] = [await urlOf('session-runner'), await urlOf('campaigns-api')];
  const [ada, bob] = [await signUp(url, runner), await signUp(url, runner)];
  const [watcher, friend] = [await connect(url, ada), await connect(url, bob)];
  try {
    await watchSession(watcher, ada, runner);
    await watchCampaign(watcher, ada, url, campaigns);
    await talk(watcher, friend, bob);
    await endSession(url, friend, bob);
  } finally {
    watcher.client.disconnect();
    friend.client.disconnect();
  }
  await post(`${url}/sessions/refresh`, { refresh_token: ada.refreshToken }, 200);

  assert.match(await getText(`${url}/docs`), /swagger/i);
  assert.match(await getText(`${url}/openapi.json`), /"\/sessions\/refresh"/);
  assert.match(await getText(`${url}/metrics?format=prometheus`), /realtime_connections_total\S* [1-9]/);
  assert.equal(JSON.parse(await getText(`${url}/health`)).status, 'healthy');
  const secrets = [ada, bob].flatMap(({ password, token, refreshToken }) => [password, token, refreshToken]);
  return { secrets, stored: { path: '/health/ready' } };
}

async function signUp(hub: string, runner: string): Promise<Person> {
  const username = `proof_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await post(`${runner}/auth/register`, { username, email: `${username}@example.com`, password }, 200);
  const { access_token: runnerToken } = await post(`${runner}/auth/login`, { username, password }, 200);
  const login = await post(`${hub}/sessions`, { username, password }, 200);
  return {
    id: (login.user as { id: string }).id,
    username,
    token: String(login.access_token),
    runnerToken: String(runnerToken),
    sessionId: String(login.session_id),
    refreshToken: String(login.refresh_token),
    password,
  };
}

interface Message {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: messages of every kind
  readonly data: any;
}

type Listener = Awaited<ReturnType<typeof connect>>;

async function connect(url: string, { token }: Person) {
  const client = new NodeRealtimeClient(`${url.replace('http', 'ws')}/ws`, token, { tokenPlace: 'header' });
  const heard: Message[] = [];
  client.on('message', (message) => heard.push(message as Message));
  client.on('error', () => {});
  await client.connect();
  return {
    client,
    async until(what: string, isIt: (message: Message) => boolean): Promise<Message> {
      const deadline = performance.now() + heardWithinMs;
      for (;;) {
        const found = heard.find(isIt);
        if (found !== undefined) return found;
        assert.ok(performance.now() < deadline, `the hub did not tell: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

const isEvent = (topic: string, type: string) => (message: Message) =>
  message.type === 'Broadcast' && message.data.topic === topic && message.data.payload.type === type;

async function subscribe({ client, until }: Listener, topic: string): Promise<void> {
  client.subscribe([topic]);
  await until(
    `a subscription to ${topic}`,
    ({ type, data }) => type === 'Status' && data.details.topics?.includes(topic),
  );
}

async function watchSession(watcher: Listener, { id, runnerToken }: Person, runner: string): Promise<void> {
  const topic = `users.${id}.automation`;
  await subscribe(watcher, topic);
  const order = { search_keyword: 'books', target_domain: 'http://books-api:5000' };
  await post(`${runner}/automation/start`, order, 200, runnerToken);
  for (const type of ['session.started', 'journey.step', 'session.ended'])
    await watcher.until(`${type} on ${topic}`, isEvent(topic, type));
}

async function watchCampaign(
  watcher: Listener,
  person: Person,
  url: string,
  campaigns: string,
): Promise<void> {
  const settings = {
    name: 'Watched',
    target_url: 'https://shop.example',
    requests_per_minute: 600,
    duration_minutes: 1,
  };
  const { id } = await post(`${campaigns}/api/sessions/`, settings, 200);
  const topic = `campaigns.${id}`;
  await subscribe(watcher, topic);
  const others = [await watchInTerminal(url, person, topic), await watchInBrowser(url, person, topic)];
  if (others.includes(null)) console.log('compose-proof: no browser here, so nothing was watched in one.');
  const response = await fetch(`${campaigns}/api/traffic/campaigns/${id}/status`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status: 'running' }),
  });
  assert.equal(response.status, 200, await response.text());
  await post(`${campaigns}/api/traffic/generate`, { campaign_id: id }, 200);
  for (const type of ['started', 'progress'])
    await watcher.until(`${type} on ${topic}`, isEvent(topic, type));
  for (const watching of others) {
    await watching?.seen();
    await watching?.close();
  }
  await post(`${campaigns}/api/traffic/stop/${id}`, {}, 200);
  await watcher.until(`stopped on ${topic}`, isEvent(topic, 'stopped'));
}

async function talk(watcher: Listener, friend: Listener, { id }: Person): Promise<void> {
  await subscribe(watcher, 'chat.*');
  friend.client.broadcast('chat.proof', { hello: 'all' });
  await watcher.until(
    'a broadcast',
    ({ type, data }) => type === 'Broadcast' && data.payload?.hello === 'all',
  );
  watcher.client.sendDirectMessage(id, { hello: 'you' });
  await friend.until(
    'a direct message',
    ({ type, data }) => type === 'DirectMessage' && data.payload?.hello === 'you',
  );
}

async function endSession(url: string, friend: Listener, { sessionId, token }: Person): Promise<void> {
  let code = 0;
  friend.client.on('disconnected', (closed) => {
    code = closed.code;
  });
  const response = await fetch(`${url}/sessions/${sessionId}`, {
    method: 'DELETE',
    headers: authorize(token),
  });
  assert.equal(response.status, 204, `DELETE of a session answered ${response.status}`);
  await friend.until('the end of the session', ({ type, data }) => type === 'Error' && data.code === 401);
  const deadline = performance.now() + heardWithinMs;
  while (code === 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(code, 4401, 'the socket of an ended session closes with 4401');
}
