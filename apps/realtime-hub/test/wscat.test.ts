// The three lines of the document, run by the real wscat.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Hub, startHub } from './service.ts';

const wscat = createRequire(import.meta.url).resolve('wscat/bin/wscat');

let hub: Hub;
let port: number;
let token: string;

beforeAll(async () => {
  hub = await startHub();
  port = await hub.port();
  token = (await hub.signUp('ada')).access_token;
});
afterAll(() => hub.close());

/** Resolves with what wscat shows when it shows `expected`, or ends. */
async function runWscat(args: readonly string[], typed: string, expected: string): Promise<string> {
  const child = spawn(process.execPath, [wscat, '--no-color', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let shown = '';
  const { promise: isShown, resolve } = Promise.withResolvers<void>();
  const show = (chunk: unknown) => {
    shown += chunk;
    if (shown.includes('"connected"') && typed !== '') child.stdin.write(`${typed}\n`);
    if (shown.includes(expected)) resolve();
  };
  child.stdout.on('data', show);
  child.stderr.on('data', show);
  const ended = once(child, 'exit');
  await Promise.race([isShown, ended]);
  await endProcess(child, ended);
  return shown;
}

async function endProcess(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill();
  await ended;
}

const PING = '{"type":"Ping","data":{"timestamp":42}}';
const PONG = '{"type":"Pong","data":{"timestamp":42}}';

test.each([
  ['wscat -c "ws://localhost:8081/ws?token=…"', () => ['-c', `ws://localhost:${port}/ws?token=${token}`]],
  [
    'wscat -H "Authorization: Bearer …" -c "ws://localhost:8081/ws"',
    () => ['-H', `Authorization: Bearer ${token}`, '-c', `ws://localhost:${port}/ws`],
  ],
  [
    'wscat -s "access_token.…" -c "ws://localhost:8081/ws"',
    () => ['-s', `access_token.${token}`, '-c', `ws://localhost:${port}/ws`],
  ],
])('%s talks with the hub', async (_, args) => {
  expect(await runWscat(args(), PING, PONG)).toContain(PONG);
});

test('wscat without a token is told why it may not', async () => {
  expect(await runWscat(['-c', `ws://localhost:${port}/ws`], '', '401')).toContain('401');
});
