// The documented Python example on the real hub.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hasPythonModule, PYTHON_WEBSOCKETS } from '@trafficflux/tooling/test-stores';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Hub, startHub } from '../service.ts';
import { openSocket } from '../sockets/socket.ts';
import { collectOutput } from './output.ts';

const EXAMPLE = fileURLToPath(new URL('../../../../docs/examples/realtime_client.py', import.meta.url));
const hasWebsockets = hasPythonModule(PYTHON_WEBSOCKETS);
const NAME = 'the documented Python example';

describe.skipIf(!hasWebsockets)(
  hasWebsockets ? NAME : `${NAME} (skipped: no python3 with websockets)`,
  () => {
    let hub: Hub;
    beforeAll(async () => {
      hub = await startHub();
    });
    afterAll(() => hub.close());

    it('says welcome, subscribes, hears its own broadcast and direct messages, and ends well', async () => {
      const login = await hub.signUp('pythonista');
      const port = await hub.port();
      const child = spawn('python3', [EXAMPLE, `ws://127.0.0.1:${port}/ws`, login.access_token, '5']);
      onTestFinished(() => void child.kill('SIGKILL'));
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const output = collectOutput(child);
      await expect.poll(output).toContain('"message": "Hello from Python!", "sender": "python_client"');
      expect(output()).toContain('Status: {"status": "connected"');
      expect(output()).toContain('"topics": ["chat.general", "notifications"]');
      const other = await openSocket(port, { token: login.access_token });
      other.send({ type: 'DirectMessage', data: { target_user: login.user.id, payload: 'hi' } });
      await expect.poll(output).toContain(`DM: {"from_user": "${login.user.id}", "payload": "hi"`);
      other.ws.close();
      expect(await ended).toBe(0);
    });
  },
);
