import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hub, type Login, startHub } from '../service.ts';
import { openSocket, refusedSocket } from './socket.ts';

let hub: Hub;
let port: number;
let login: Login;

beforeAll(async () => {
  hub = await startHub();
  port = await hub.port();
  login = await hub.signUp('ada');
});
afterAll(() => hub.close());

test('says welcome first', async () => {
  const socket = await openSocket(port, { token: login.access_token });
  expect(socket.welcome).toEqual({
    type: 'Status',
    data: {
      status: 'connected',
      details: {
        connection_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        server_time: expect.any(Number),
        protocol_version: '1.0',
      },
    },
  });
  await socket.close();
});

test('refuses who has no token', async () => {
  expect(await refusedSocket(port)).toMatchObject({ status: 401, json: { error: { code: 'INVALID_TOKEN' } } });
});
