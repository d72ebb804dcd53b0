// Processes that end with us, however we end: `kill -9` of this one, or of npm above it, leaves nothing behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from './paths.mjs';
import { Problem } from './problem.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARENT_CHECK_MS = 250;
const isWindows = process.platform === 'win32';

/**
 * A few lines of shell beside the program, holding one end of a pipe whose other end only we hold: when the kernel
 * closes ours, they end the program and all its children, and last themselves. Windows ends children with their parent by itself.
 */
const GUARDIAN = `
( (
  trap '' TERM INT HUP
  if ! read -r word <&3; then
    kill -s TERM -- -$$
    sleep 2
    kill -s KILL -- -$$
  fi
) >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

/**
 * Runs a program to its end and returns its exit code. Its output is ours, or goes line by line to `onLine`.
 * SIGINT, SIGTERM and SIGHUP end it, and with it all that it started.
 */
export async function run([program, ...args], { cwd, path = [], env, onLine }) {
  // Under NODE_ENV=production an installer leaves out what we need, and a test runs what nobody meant.
  const { NODE_ENV: _, ...inherited } = process.env;
  const output = onLine ? 'pipe' : 'inherit';
  const options = { cwd, env: withPath({ ...inherited, ...env }, path), windowsHide: true };
  const child = isWindows
    ? spawn(program, args, { ...options, shell: true, stdio: ['ignore', output, output] })
    : spawn('/bin/sh', ['-c', GUARDIAN, 'sh', program, ...args], {
        ...options,
        detached: true,
        stdio: ['ignore', output, output, 'pipe'],
      });
  if (onLine) {
    readLines(child.stdout, onLine);
    readLines(child.stderr, onLine);
  }
  const guardian = child.stdio[3];
  guardian?.on('error', () => {});
  guardian?.resume();
  const interrupt = () => endGroup(child);
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    const { code, signal } = await untilExit(child, program);
    // The guardian holds our pipe, so the child counts as closed only when that one has gone too.
    const closed = once(child, 'close');
    guardian?.end('over\n');
    await closed;
    if (signal !== null) throw new Problem('', 128 + constants.signals[signal]);
    return code;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

/** Runs a command of apps/platform; an open channel tells it that we live, and it stops everything when we do not. */
export async function runPlatform(node, args) {
  const child = spawn(node, [join(root, 'apps', 'platform', 'src', 'main.ts'), ...args], {
    cwd: root,
    // Node keeps there what it has compiled, which makes every further start of each service quicker.
    env: withPath({ NODE_COMPILE_CACHE: join(root, '.data', 'compiled'), ...process.env }, [dirname(node)]),
    // A session of its own: Ctrl-C at the terminal reaches it once, through us, and not twice.
    detached: !isWindows,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const forward = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  const { code, signal } = await untilExit(child, node);
  for (const signal of SIGNALS) process.off(signal, forward);
  return code ?? 128 + constants.signals[signal];
}

/**
 * Ends this process as SIGTERM would when npm, which started us, is gone: a killed npm tells nobody. The scripts say
 * `exec`, so that no shell stands between npm and us: it would swallow SIGINT, and stay when npm goes.
 */
export function endWithParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  // npm may have gone before we came: then the first process of the system has adopted us, and that is not npm.
  if (parent === 1 && !/npm|node|yarn|bun/.test(readName(parent))) process.exit(143);
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(143);
  }, PARENT_CHECK_MS);
  timer.unref();
}

function withPath(environment, folders) {
  return { ...environment, PATH: [...folders, process.env.PATH].filter(Boolean).join(delimiter) };
}

function readLines(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => rest !== '' && onLine(rest));
}

function untilExit(child, program) {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Problem(`${program} cannot be started: ${error.message}.`)));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

function endGroup(child) {
  const kill = (signal) => {
    try {
      if (isWindows) child.kill();
      else process.kill(-child.pid, signal);
    } catch {
      // It ended in the meantime.
    }
  };
  kill('SIGTERM');
  setTimeout(() => kill('SIGKILL'), 2_000).unref();
}

// Only Linux tells it; npm in a container may itself be the first process.
function readName(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}
