// The package as a stranger gets it: packed, installed into an empty folder, run by npx.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Script } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { startCountingServer } from './counting-server.ts';

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const ROOT = join(PACKAGE, '../..');
let folder = '';

/** The PATH without this workspace: so that npx takes the machine's own Node and nothing of ours. */
function outsidePath(): string {
  const outside = (process.env.PATH ?? '').split(delimiter).filter((place) => !place.startsWith(ROOT));
  const hasNode = outside.some((place) => existsSync(join(place, 'node')));
  return (hasNode ? outside : [...outside, dirname(process.execPath)]).join(delimiter);
}

/** npm puts its own settings into the environment of what it runs; they belong to this workspace. */
function outsideEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|command|execpath)|NODE_OPTIONS|VITEST)/i.test(name),
  );
  return { ...Object.fromEntries(own), PATH: outsidePath() };
}

async function npx(...words: string[]): Promise<string> {
  const { stdout } = await run('npx', ['--no-install', 'loadspiker', ...words], {
    cwd: folder,
    env: outsideEnvironment(),
  });
  return stdout;
}

/** The bootstrap is plain JavaScript, so that it runs before anything is installed. */
async function findPnpm(): Promise<string> {
  const module: { findPnpm(): Promise<string> } = await import(join(ROOT, 'tooling/bootstrap/pnpm.mjs'));
  return module.findPnpm();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadspiker-package-'));
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

describe('the packed package', () => {
  it('runs as npx loadspiker', async () => {
    const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'));
    expect(await npx('--version')).toBe(`${version}\n`);
  });

  it('loads a server from threads, and writes its reports', async () => {
    const server = await startCountingServer();
    await npx(
      server.url,
      '-u',
      '4',
      '-n',
      '40',
      '--json',
      'report.json',
      '--html',
      'report.html',
      '--no-progress',
    );
    expect(server.total()).toBe(40);
    expect(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')).final_metrics.total_requests).toBe(
      40,
    );
    const page = await readFile(join(folder, 'report.html'), 'utf8');
    expect(page).toContain('<h1>Load Test Report</h1>');
    // Its styles are files beside the code, its scripts are that code: neither may be lost on the way here.
    expect(page).toMatch(/<style>[^<]*--surface:[^<]*<\/style>/);
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
      ([, script = '']) => new Script(script),
    );
    expect(scripts).toHaveLength(2);
  });

  it('runs a scenario that imports it by name, and whose types hold', async () => {
    const server = await startCountingServer();
    const scenario = `import { defineScenario } from '@trafficflux/load-engine';
      export default defineScenario({ name: 'a', tasks: [{ name: 't', run: (user) => user.get('/a') }] });\n`;
    await writeFile(join(folder, 'scenario.mjs'), scenario);
    await writeFile(join(folder, 'typed.mts'), scenario);
    expect(await npx('run', 'scenario.mjs', '-H', server.url, '-n', '7')).toContain('7 requests, 0 failed');
    expect(server.counts).toEqual(new Map([['GET /a', 7]]));
    const flags = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--skipLibCheck',
      '--types',
      '',
    ];
    const compiled = run(join(ROOT, 'node_modules/.bin/tsc'), [...flags, 'typed.mts'], { cwd: folder });
    await expect(compiled).resolves.toMatchObject({ stdout: '' });
  });

  it('holds no sources, tests or settings of the workspace, and no version that only it knows', async () => {
    const installed = join(folder, 'node_modules/@trafficflux/load-engine');
    expect((await readdir(installed)).sort()).toEqual([
      'LICENSE',
      'README.md',
      'bin',
      'dist',
      'package.json',
    ]);
    expect(await readFile(join(installed, 'package.json'), 'utf8')).not.toMatch(/catalog:|workspace:/);
  });
});
