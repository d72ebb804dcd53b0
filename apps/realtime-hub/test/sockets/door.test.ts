import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Hub, type Login, startHub } from '../service.ts';
import { openSocket, refusedSocket } from './socket.ts';

let hub: Hub;
let port: number;
let login: Login;
let token: string;

beforeAll(async () => {
  hub = await startHub();
  port = await hub.port();
  login = await hub.signUp('ada');
  token = login.access_token;
});
afterAll(() => hub.close());

/** The answer to a request as it is, by a client that knows nothing of WebSockets. */
async function askRaw(lines: readonly string[], at = port): Promise<string> {
  const socket = connect(at, '127.0.0.1');
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
  let text = '';
  for await (const chunk of socket) text += chunk;
  return text;
}

const HANDSHAKE = [
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

describe('the door', () => {
  test('says welcome first', async () => {
    const socket = await openSocket(port, { token });
    expect(socket.welcome).toEqual({
      type: 'Status',
      data: {
        status: 'connected',
        details: {
          connection_id: expect.stringMatching(
            /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
          ),
          server_time: expect.any(Number),
          protocol_version: '1.0',
        },
      },
    });
    expect(Math.abs(socket.welcome.data.details.server_time - Date.now())).toBeLessThan(60_000);
    await socket.close();
  });

  test.each([
    ['the Authorization header', () => ({ headers: { authorization: `Bearer ${token}` } })],
    ['the Authorization header, in any case', () => ({ headers: { authorization: `bearer ${token}` } })],
    ['the query', () => ({ query: `?token=${token}` })],
    ['the query, under its other name', () => ({ query: `?access_token=${token}` })],
    ['a subprotocol', () => ({ protocols: [`access_token.${token}`] })],
  ])('takes the token from %s', async (_, options) => {
    const socket = await openSocket(port, options());
    await socket.close();
  });

  test('prefers the header to the query, and the query to the subprotocol', async () => {
    const [bad, good] = ['x.y.z', token];
    expect((await refusedSocket(port, { token: bad, query: `?token=${good}` })).status).toBe(401);
    const protocols = [`access_token.${bad}`];
    const socket = await openSocket(port, { query: `?token=${good}`, protocols });
    await socket.close();
  });

  test('F85: selects the protocol that is no token, and the token only where nothing else is offered', async () => {
    for (const protocols of [
      ['hub.v1', `access_token.${token}`],
      [`access_token.${token}`, 'hub.v1'],
    ]) {
      const socket = await openSocket(port, { protocols });
      expect(socket.ws.protocol).toBe('hub.v1');
      await socket.close();
    }
    const alone = await openSocket(port, { protocols: [`access_token.${token}`] });
    expect(alone.ws.protocol).toBe(`access_token.${token}`);
    await alone.close();
    const without = await openSocket(port, { token });
    expect(without.ws.protocol).toBe('');
    await without.close();
  });

  test('F85: takes a protocol header that comes twice for one list', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      const lines = ['GET /ws HTTP/1.1', ...HANDSHAKE];
      lines.push('Sec-WebSocket-Protocol: hub.v1', `Sec-WebSocket-Protocol: access_token.${token}`);
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      socket.once('data', (chunk) => {
        socket.destroy();
        resolve(String(chunk));
      });
    });
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).toMatch(/\r\nSec-WebSocket-Protocol: hub\.v1\r\n/);
    expect(answer).not.toContain(token);
  });
});

describe('the door refuses over HTTP, in the error format of the service', () => {
  test('S34: who has no token, a bad one or another kind', async () => {
    const missing = await refusedSocket(port);
    expect(missing).toMatchObject({
      status: 401,
      json: { error: { code: 'INVALID_TOKEN', message: 'Authentication token is required', details: {} } },
    });
    expect(missing.headers['www-authenticate']).toBe('Bearer');
    for (const bad of ['x', 'x.y.z', `${token.slice(0, -2)}xx`, login.refresh_token])
      expect(await refusedSocket(port, { token: bad })).toMatchObject({
        status: 401,
        json: { error: { code: 'INVALID_TOKEN' } },
      });
    expect((await refusedSocket(port, { query: '?token=' })).status).toBe(401);
    expect((await refusedSocket(port, { protocols: ['access_token.'] })).status).toBe(401);
  });

  test('S25: a token that is given twice', async () => {
    expect((await refusedSocket(port, { query: `?token=${token}&token=${token}` })).status).toBe(401);
  });

  test('whoever may not read: 403', async () => {
    const { access_token } = await hub.signUp('mute', []);
    expect(await refusedSocket(port, { token: access_token })).toMatchObject({
      status: 403,
      json: { error: { code: 'FORBIDDEN', details: {} } },
    });
  });

  test('S9: whose session has ended', async () => {
    const { access_token, session_id } = await hub.signUp('leaver');
    const headers = { authorization: `Bearer ${access_token}` };
    const { statusCode } = await hub.app.inject({
      method: 'DELETE',
      url: `/sessions/${session_id}`,
      headers,
    });
    expect(statusCode).toBe(204);
    expect((await refusedSocket(port, { token: access_token })).status).toBe(401);
  });

  test('S10: whose account is disabled or deleted', async () => {
    const [disabled, deleted] = [await hub.signUp('disabled'), await hub.signUp('deleted')];
    await hub.stores.accounts.setDisabled('disabled', true);
    await hub.removeAccount('deleted');
    for (const { access_token } of [disabled, deleted])
      expect((await refusedSocket(port, { token: access_token })).status).toBe(401);
  });

  test('a plain GET, with a token or without: 426', async () => {
    for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
      const response = await fetch(`http://127.0.0.1:${port}/ws`, { headers });
      expect(response.status).toBe(426);
      expect(response.headers.get('upgrade')).toBe('websocket');
      expect(await response.json()).toMatchObject({ error: { code: 'UPGRADE_REQUIRED', details: {} } });
    }
  });

  test('what is no handshake: 400, after the token was found good', async () => {
    const authorization = `Authorization: Bearer ${token}`;
    for (const [wrong, instead] of [
      ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Version: 12'],
      ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Key: short'],
      ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'X-Nothing: here'],
      ['Host: localhost', 'X-Nothing: here'],
    ]) {
      const lines = HANDSHAKE.map((line) => (line === wrong ? instead : line)) as string[];
      const answer = await askRaw(['GET /ws HTTP/1.1', ...lines, authorization]);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('"code":"INVALID_REQUEST"');
    }
  });

  test('POST and others: 405', async () => {
    const response = await fetch(`http://127.0.0.1:${port}/ws`, { method: 'POST' });
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ error: { code: 'METHOD_NOT_ALLOWED' } });
  });

  test('takes an offer to upgrade elsewhere for what it is: a request', async () => {
    const answer = await askRaw(['GET /health HTTP/1.1', ...HANDSHAKE]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('"status":"healthy"');
  });

  test('S34: leaves no token in any log line', async () => {
    await (await openSocket(port, { query: `?token=${token}` })).close();
    await (await openSocket(port, { protocols: [`access_token.${token}`] })).close();
    await refusedSocket(port, { query: `?access_token=${token}x` });
    const [, payload, signature] = token.split('.') as [string, string, string];
    expect(hub.lines.length).toBeGreaterThan(0);
    for (const line of hub.lines) {
      expect(line).not.toContain(payload);
      expect(line).not.toContain(signature);
    }
  });
});

describe('a full hub', () => {
  test('refuses with 503 before it looks at the token, says so at /health, and lets in again', async () => {
    const small = await startHub({ MAX_CONNECTIONS: '2' });
    const smallPort = await small.port();
    const { access_token } = await small.signUp('ada');
    const sockets = [await openSocket(smallPort, { token: access_token })];
    sockets.push(await openSocket(smallPort, { token: access_token }));
    for (const options of [{}, { token: 'bad' }, { token: access_token }]) {
      const refused = await refusedSocket(smallPort, options);
      expect(refused).toMatchObject({ status: 503, json: { error: { code: 'SERVER_FULL', details: {} } } });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
    const health = await fetch(`http://127.0.0.1:${smallPort}/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toEqual({
      status: 'unhealthy',
      reason: 'At capacity',
      active_connections: 2,
      max_connections: 2,
    });
    await sockets[0]?.close();
    await expect.poll(async () => (await fetch(`http://127.0.0.1:${smallPort}/health`)).status).toBe(200);
    await (await openSocket(smallPort, { token: access_token })).close();
    await small.close();
  });

  test('lets nobody in too many, however many knock at once', async () => {
    const small = await startHub({ MAX_CONNECTIONS: '5' });
    const smallPort = await small.port();
    const { access_token: each } = await small.signUp('ada');
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, () => openSocket(smallPort, { token: each })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await small.close();
  });

  test('frees the place of who goes away while it is asked who it is', async () => {
    const small = await startHub({ MAX_CONNECTIONS: '1' });
    const smallPort = await small.port();
    const { access_token: each } = await small.signUp('ada');
    const lines = ['GET /ws HTTP/1.1', ...HANDSHAKE, `Authorization: Bearer ${each}`];
    for (let round = 0; round < 20; round++) {
      const socket = connect(smallPort, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(`${lines.join('\r\n')}\r\n\r\n`, () => socket.destroy());
      await once(socket, 'close');
    }
    await expect
      .poll(async () => {
        try {
          await (await openSocket(smallPort, { token: each })).close();
          return 'let in';
        } catch {
          return 'refused';
        }
      })
      .toBe('let in');
    await small.close();
  });
});

describe('origins', () => {
  test('S33: only those on the list may come, and those that name none', async () => {
    const strict = await startHub({ ALLOWED_ORIGINS: 'https://app.example.com,http://localhost:3000' });
    const strictPort = await strict.port();
    const { access_token: each } = await strict.signUp('ada');
    const from = (origin: string) => ({ token: each, headers: { origin } });
    for (const origin of ['https://app.example.com', 'http://localhost:3000'])
      await (await openSocket(strictPort, from(origin))).close();
    await (await openSocket(strictPort, { token: each })).close();
    for (const origin of [
      'https://app.example.com.evil.org',
      'https://evil-app.example.com',
      'https://example.com',
      'http://app.example.com',
      'https://app.example.com:8443',
      'null',
      '',
    ]) {
      const refused = await refusedSocket(strictPort, from(origin));
      expect(refused).toMatchObject({ status: 403, json: { error: { code: 'FORBIDDEN' } } });
    }
    // Before the token is looked at (H15).
    expect((await refusedSocket(strictPort, { headers: { origin: 'https://evil.org' } })).status).toBe(403);
    await strict.close();
  });

  test('without a list every origin may come', async () => {
    await (await openSocket(port, { token, headers: { origin: 'https://anywhere.example' } })).close();
  });
});

describe('anonymous connections', () => {
  test('where they are allowed, may subscribe, and send nothing', async () => {
    const open = await startHub({ ALLOW_ANONYMOUS: 'true' });
    const openPort = await open.port();
    const anonymous = await openSocket(openPort);
    expect((await anonymous.subscribe('news')).data.status).toBe('subscribed');
    const refused = await anonymous.ask({ type: 'Broadcast', data: { topic: 'news', payload: 1 } }, 'Error');
    expect(refused.data.code).toBe(403);
    const direct = { type: 'DirectMessage', data: { target_user: 'user_1', payload: 1 } };
    expect((await anonymous.ask(direct, 'Error')).data.code).toBe(403);
    const { access_token } = await open.signUp('ada');
    const ada = await openSocket(openPort, { token: access_token });
    await ada.ask({ type: 'Broadcast', data: { topic: 'news', payload: 'hello' } }, 'Ack');
    expect((await anonymous.next('Broadcast')).data.payload).toBe('hello');
    expect((await refusedSocket(openPort, { token: 'bad' })).status).toBe(401);
    await open.close();
  });
});

test('F83: loses nothing that is sent as soon as the connection is open', async () => {
  const sockets = await Promise.all(Array.from({ length: 100 }, () => openSocket(port, { token })));
  await Promise.all(
    sockets.map(async (socket, number) => {
      for (const topic of ['a', 'b', 'c'])
        socket.send({ type: 'Subscribe', data: { topics: [`${topic}.${number}`] } });
      for (const topic of ['a', 'b', 'c'])
        expect((await socket.next('Status')).data.details.topics).toEqual([`${topic}.${number}`]);
    }),
  );
  await Promise.all(sockets.map((socket) => socket.close()));
});

test('F83: reads what came in one packet with the handshake', async () => {
  const socket = connect(port, '127.0.0.1');
  const head = `${['GET /ws HTTP/1.1', ...HANDSHAKE, `Authorization: Bearer ${token}`].join('\r\n')}\r\n\r\n`;
  const ping = Buffer.from('{"type":"Ping","data":{"timestamp":77}}');
  const frame = Buffer.concat([Buffer.from([0x81, 0x80 | ping.length, 0, 0, 0, 0]), ping]);
  socket.write(Buffer.concat([Buffer.from(head), frame]));
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    if (text.includes('"type":"Pong"')) break;
  }
  expect(text).toContain('{"type":"Pong","data":{"timestamp":77}}');
  expect(text.indexOf('"connected"')).toBeLessThan(text.indexOf('"Pong"'));
});
