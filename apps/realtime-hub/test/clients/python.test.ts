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

    async function startExample(seconds: string) {
      const login = await hub.signUp(`pythonista_${seconds}`);
      const port = await hub.port();
      const child = spawn('python3', [EXAMPLE, `ws://127.0.0.1:${port}/ws`, login.access_token, seconds]);
      onTestFinished(() => void child.kill('SIGKILL'));
      return { login, port, child, output: collectOutput(child) };
    }

    it('says welcome, subscribes, and hears its own broadcast and direct messages', async () => {
      const { login, port, output } = await startExample('3600');
      await expect.poll(output).toContain('"message": "Hello from Python!", "sender": "python_client"');
      expect(output()).toContain('Status: {"status": "connected"');
      expect(output()).toContain('"topics": ["chat.general", "notifications"]');
      const other = await openSocket(port, { token: login.access_token });
      other.send({ type: 'DirectMessage', data: { target_user: login.user.id, payload: 'hi' } });
      await expect.poll(output).toContain(`DM: {"from_user": "${login.user.id}", "payload": "hi"`);
      other.ws.close();
    });

    it('ends well', async () => {
      const { child, output } = await startExample('0');
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect({ code, output: output() }).toMatchObject({
        code: 0,
        output: expect.not.stringContaining('Traceback'),
      });
    });
  },
);
