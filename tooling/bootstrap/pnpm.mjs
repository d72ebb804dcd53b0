// The pinned pnpm, checked against the checksums of toolchain/package-lock.json; npm alone could not check them.
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFolder } from './paths.mjs';
import { Problem } from './problem.mjs';
import { explainInstall } from './problem-install.mjs';
import { run } from './processes.mjs';
import { isStamped, stamp } from './stamp.mjs';

const source = fileURLToPath(new URL('toolchain', import.meta.url));
const toolchain = join(dataFolder, 'toolchain');

/** The path of the pinned pnpm, installed first where it is missing or another version. */
export async function findPnpm() {
  const sources = [join(source, 'package-lock.json')];
  const stampFile = join(toolchain, '.installed');
  if (isStamped(stampFile, sources)) {
    const program = findProgram();
    if (program !== undefined) return program;
  }
  console.error('Installing the pinned pnpm …');
  await installToolchain();
  const program = findProgram();
  if (program === undefined) throw new Problem(`There is no pnpm for ${process.platform}-${process.arch}.`);
  stamp(stampFile, sources);
  return program;
}

async function installToolchain() {
  mkdirSync(toolchain, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(join(source, name), join(toolchain, name));
  const flags = [
    'ci',
    '--ignore-scripts',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
  ];
  const said = [];
  const exitCode = await run([...findNpm(), ...flags], { cwd: toolchain, onLine: (line) => said.push(line) });
  if (exitCode !== 0) throw new Problem(explainInstall('pnpm', said));
}

/** The npm that started us, whose path it tells, else the one on PATH. */
function findNpm() {
  const npm = process.env.npm_execpath;
  return npm && basename(npm).startsWith('npm-cli') ? [process.execPath, npm] : ['npm'];
}

function findProgram() {
  const scope = join(toolchain, 'node_modules', '@pnpm');
  const name = process.platform === 'win32' ? 'pnpm.exe' : 'pnpm';
  const folders = existsSync(scope) ? readdirSync(scope) : [];
  return folders.map((folder) => join(scope, folder, name)).find((program) => existsSync(program));
}
