// The hook on the real hub, in a real page.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describeInChromium } from '@trafficflux/tooling/test-browser';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Hub, startHub } from '../service.ts';
import { openSocket } from '../sockets/socket.ts';
import { type PageServer, servePage } from './page-server.ts';
import { openWorkshop } from './workshop.ts';

const MAIN = `import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ChatComponent } from './react-chat.tsx';

const settings = new URLSearchParams(location.search);
const [url, token] = [settings.get('hub'), settings.get('token')];
createRoot(document.getElementById('root')).render(
  <StrictMode><ChatComponent url={url} token={token} /></StrictMode>,
);
`;

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/.bin/tsc');

let hub: Hub;

beforeAll(async () => {
  hub = await startHub();
});

afterAll(() => hub.close());

describe('the documented React component', () => {
  it('has types that hold', async () => {
    const workshop = await openWorkshop();
    onTestFinished(() => workshop.close());
    await workshop.take('react-chat.tsx');
    const flags =
      '--noEmit --strict --jsx react-jsx --module esnext --moduleResolution bundler --target es2024 --skipLibCheck';
    const more = ['--lib', 'es2024,dom', '--types', '', '--allowImportingTsExtensions', 'react-chat.tsx'];
    const compiled = run(TSC, [...flags.split(' '), ...more], { cwd: workshop.folder });
    await expect(compiled).resolves.toMatchObject({ stdout: '' });
  });
});

describeInChromium('the documented React component', (open) => {
  let server: PageServer;

  beforeAll(async () => {
    const workshop = await openWorkshop();
    await workshop.take('react-chat.tsx');
    await workshop.write('main.jsx', MAIN);
    server = await servePage(workshop, 'main.jsx');
  });
  afterAll(() => server.close());

  async function openChat(token: string) {
    const page = await open();
    const hubUrl = `ws://127.0.0.1:${await hub.port()}/ws`;
    await page.goto(`${server.url}?${new URLSearchParams({ hub: hubUrl, token })}`);
    return page;
  }

  it('chats with another page, also after a break, and each message once', async () => {
    const [alice, bob] = await Promise.all([hub.signUp('alice'), hub.signUp('bob')]);
    const pages = [await openChat(alice.access_token), await openChat(bob.access_token)] as const;
    for (const page of pages) await page.getByText('Status: Connected').waitFor();
    await pages[0].getByRole('button').click();
    for (const page of pages) await page.getByText('Hello from React').waitFor();

    for (const socket of hub.app.websocketServer.clients) socket.terminate();
    const last = await sayUntilHeard(bob.access_token, pages.length);
    for (const page of pages) await page.getByText(last, { exact: true }).waitFor();
    for (const page of pages) expect(await page.getByText(last, { exact: true }).count()).toBe(1);
  });

  it('says that its token is no good', async () => {
    const page = await openChat('no token');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('could not be reached');
    expect(await page.getByRole('button').isDisabled()).toBe(true);
  });
});

/** Says something new until as many hear it, and returns what that was. */
async function sayUntilHeard(token: string, recipients: number): Promise<string> {
  const socket = await openSocket(await hub.port(), { token });
  let last = '';
  let count = 0;
  await expect
    .poll(async () => {
      last = `again ${++count}`;
      const data = { topic: 'chat.general', payload: { message: last } };
      return (await socket.ask({ type: 'Broadcast', data }, 'Ack')).data.recipients;
    })
    .toBe(recipients);
  await socket.close();
  return last;
}
