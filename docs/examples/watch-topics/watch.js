// Logs in at the hub, subscribes to topics, and shows what comes: npm run watch -- campaigns.<id>
import { RealtimeClient } from '@trafficflux/realtime-client';
import { toRow } from './row.js';

const MOST_ROWS = 300;
/** Stands for the id of whoever is logged in. */
const ME = '{me}';
const find = (selector) => document.querySelector(selector);
const [login, watch, feed, state] = ['#login', '#watch', '#feed', '#state'].map(find);

let client = null;
let session = null;
let held = [];
let total = 0;

login.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = login.querySelector('button');
  button.disabled = true;
  const problem = await logIn(Object.fromEntries(new FormData(login)));
  button.disabled = false;
  tell('#login .problem', problem);
  if (problem === '') start();
});

find('#add').addEventListener('submit', (event) => {
  event.preventDefault();
  const { topic } = event.target.elements;
  const names = topic.value.split(/[\s,]+/).filter(Boolean);
  if (names.length === 0) return;
  subscribe(names);
  topic.value = '';
});

find('#pause').addEventListener('click', ({ target }) => {
  const isPaused = target.getAttribute('aria-pressed') !== 'true';
  target.setAttribute('aria-pressed', String(isPaused));
  if (!isPaused) for (const row of held.splice(0)) add(row);
  count();
});

find('#clear').addEventListener('click', () => {
  feed.replaceChildren();
  [held, total] = [[], 0];
  count();
});

find('#leave').addEventListener('click', async () => {
  client.disconnect();
  const headers = { authorization: `Bearer ${session.access_token}` };
  await fetch(`/sessions/${session.session_id}`, { method: 'DELETE', headers }).catch(() => {});
  location.reload();
});

/** What went wrong, in one sentence; empty where nothing did. */
async function logIn(credentials) {
  try {
    const response = await fetch('/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credentials),
    });
    const answer = await response.json();
    if (!response.ok) return answer.error.message;
    session = answer;
    return '';
  } catch {
    return 'The hub cannot be reached.';
  }
}

function start() {
  const url = new URL('/ws', location.href);
  client = new RealtimeClient(url.href, session.access_token, {
    refreshToken: session.refresh_token,
    refreshUrl: '/sessions/refresh',
    tokenPlace: 'subprotocol',
    maxReconnectAttempts: Number.POSITIVE_INFINITY,
  });
  client.on('connected', () => show('good', 'Live'));
  client.on('reconnecting', ({ delayMs }) =>
    show('busy', `Away, next try in ${Math.ceil(delayMs / 1000)} s`),
  );
  client.on('stopped', (error) => show('bad', error.message));
  client.on('Error', refuse);
  client.on('Broadcast', receive);
  client.connect().catch(() => {});

  login.hidden = true;
  watch.hidden = find('#leave').hidden = false;
  find('#who').textContent = session.user.username;
  show('busy', 'Connecting');
  const wanted = new URLSearchParams(location.search).getAll('topic');
  subscribe(wanted.length > 0 ? wanted : ['campaigns.*', `users.${ME}.automation`]);
  find('#add input').focus();
}

function subscribe(names) {
  tell('#refused', '');
  client.subscribe(names.map((name) => name.replaceAll(ME, session.user.id)));
  showTopics();
}

/** The client forgot what the hub refused. */
function refuse({ message, details }) {
  tell('#refused', details.topic === undefined ? message : `${details.topic}: ${message}`);
  showTopics();
}

function showTopics() {
  find('#topics').replaceChildren(
    ...client.topics.map((topic) => {
      const [item, name, button] = ['li', 'span', 'button'].map((tag) => document.createElement(tag));
      name.textContent = toShort(topic);
      name.title = topic;
      Object.assign(button, { type: 'button', textContent: '×', ariaLabel: `Unsubscribe from ${topic}` });
      button.addEventListener('click', () => {
        client.unsubscribe([topic]);
        showTopics();
      });
      item.append(name, button);
      return item;
    }),
  );
}

/** As people write it. */
function toShort(topic) {
  return topic.replaceAll(session.user.id, ME);
}

function receive(data) {
  total++;
  const row = toRow(data, toShort);
  if (find('#pause').getAttribute('aria-pressed') === 'true') {
    held.push(row);
    held = held.slice(-MOST_ROWS);
  } else add(row);
  count();
}

function add(row) {
  feed.prepend(row);
  while (feed.children.length > MOST_ROWS) feed.lastChild.remove();
}

function count() {
  find('#empty').hidden = total > 0;
  feed.hidden = total === 0;
  const messages = `${total.toLocaleString()} ${total === 1 ? 'message' : 'messages'}`;
  const waiting = held.length > 0 ? `, ${held.length} not shown yet` : '';
  find('#count').textContent = total === 0 ? 'No messages yet' : messages + waiting;
}

function show(is, text) {
  state.dataset.is = is;
  state.textContent = text;
}

function tell(selector, sentence) {
  const place = find(selector);
  place.textContent = sentence;
  place.hidden = sentence === '';
}

count();
