// The package as a stranger gets it: packed, installed into an empty folder, imported from plain JavaScript.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHubServer } from './support/hub-server.ts';

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const ROOT = join(PACKAGE, '../..');
let folder = '';

/** The machine's own tools and settings, and nothing of this workspace. */
function outsideEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|command|execpath)|NODE_OPTIONS|VITEST)/i.test(name),
  );
  const places = (process.env.PATH ?? '').split(delimiter).filter((place) => !place.startsWith(ROOT));
  const hasNode = places.some((place) => existsSync(join(place, 'node')));
  const path = hasNode ? places : [...places, dirname(process.execPath)];
  return { ...Object.fromEntries(own), PATH: path.join(delimiter) };
}

/** The bootstrap is plain JavaScript, so that it runs before anything is installed. */
async function findPnpm(): Promise<string> {
  const module: { findPnpm(): Promise<string> } = await import(join(ROOT, 'tooling/bootstrap/pnpm.mjs'));
  return module.findPnpm();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'realtime-client-package-'));
  const path = [join(ROOT, 'node_modules/.bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
  await run(await findPnpm(), ['pack', '--pack-destination', folder], {
    cwd: PACKAGE,
    env: { ...process.env, PATH: path },
  });
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...flags, join(folder, tarball)], { cwd: folder, env: outsideEnvironment() });
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the packed package', () => {
  it('runs the Node client from plain JavaScript', async () => {
    const server = await startHubServer({
      onGuest: (guest) => guest.say('Status', { status: 'connected', details: {} }),
    });
    const script = `import { NodeRealtimeClient } from '@trafficflux/realtime-client/node';
      const client = new NodeRealtimeClient(${JSON.stringify(server.url)}, 't1');
      client.on('Status', ({ status }) => {
        console.log(status);
        client.disconnect();
      });
      await client.connect();\n`;
    await writeFile(join(folder, 'node.mjs'), script);
    const { stdout } = await run('node', ['node.mjs'], { cwd: folder, env: outsideEnvironment() });
    expect(stdout).toBe('connected\n');
  });

  it('has the client for browsers, which imports nothing of Node and nothing else', async () => {
    const script = `import { RealtimeClient } from '@trafficflux/realtime-client';
      console.log(new RealtimeClient('wss://example.com/ws', 't').connected);\n`;
    await writeFile(join(folder, 'browser.mjs'), script);
    const { stdout } = await run('node', ['browser.mjs'], { cwd: folder, env: outsideEnvironment() });
    expect(stdout).toBe('false\n');
    const dist = join(folder, 'node_modules/@trafficflux/realtime-client/dist');
    expect(await listImports(join(dist, 'index.js'))).toEqual([]);
    expect(await listImports(join(dist, 'react.js'))).toEqual(['react']);
    expect(await listImports(join(dist, 'node.js'))).toEqual(['node:events', 'ws']);
  });

  it('has types that hold', async () => {
    const typed = `import { RealtimeClient, RealtimeError } from '@trafficflux/realtime-client';
      import { NodeRealtimeClient } from '@trafficflux/realtime-client/node';
      const client = new RealtimeClient('wss://example.com/ws', async () => 't', { maxReconnectAttempts: Infinity });
      client.on('Broadcast', ({ topic, payload }) => { const name: string = topic; return [name, payload]; });
      client.on('disconnected', ({ code }) => { const number: number = code; return number; });
      client.on('stopped', (error) => error instanceof RealtimeError && error.closeCode);
      const sent: boolean = client.subscribe(['campaigns.*']);
      // @ts-expect-error: topics are strings
      client.subscribe([1]);
      const node = new NodeRealtimeClient('ws://localhost:8081/ws', 't', { perMessageDeflate: false });
      node.on('DirectMessage', ({ from_user, payload }) => [from_user, payload, sent]);\n`;
    await writeFile(join(folder, 'typed.mts'), typed);
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--typeRoots'];
    const types = join(ROOT, 'node_modules/@types');
    const compiled = run(
      join(ROOT, 'node_modules/.bin/tsc'),
      [...flags, types, '--types', 'node', 'typed.mts'],
      { cwd: folder },
    );
    await expect(compiled).resolves.toMatchObject({ stdout: '' });
  });

  it('holds no sources, tests or settings of the workspace, and no version that only it knows', async () => {
    const installed = join(folder, 'node_modules/@trafficflux/realtime-client');
    expect((await readdir(installed)).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    expect(await readFile(join(installed, 'package.json'), 'utf8')).not.toMatch(/catalog:|workspace:/);
  });
});

/** What a file imports from outside of the package, through all that it imports inside. */
async function listImports(entry: string): Promise<string[]> {
  const [found, queue] = [new Set<string>(), [entry]];
  for (const path of queue) {
    const text = await readFile(path, 'utf8');
    for (const [, name = ''] of text.matchAll(/(?:from|import) ['"]([^'"]+)['"]/g)) {
      const inside = join(dirname(path), name);
      if (!name.startsWith('.')) found.add(name);
      else if (!queue.includes(inside)) queue.push(inside);
    }
  }
  return [...found].sort();
}
