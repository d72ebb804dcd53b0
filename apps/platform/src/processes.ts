// Child processes: how they are started, and how they end.
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Environment } from './config.ts';

/** The flags of Node for a process that must not outlive this one; it needs a channel to us. */
export const END_WITH_US = ['--import', new URL('end-with-supervisor.ts', import.meta.url).href];

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Settles when the process has ended; a process that could not start counts as one that ended with 127. */
export function untilExit(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: 127, signal: null }));
  });
}

/** Asks a process to end, and ends it and its children the hard way after `limitMs`. */
export async function endProcess(child: ChildProcess, exited: Promise<Exit>, limitMs: number): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child), limitMs);
  await exited;
  clearTimeout(timer);
}

export function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly environment: Environment;
  readonly ending: AbortSignal;
  /** Gets what the program says, line by line; by default it speaks on our own terminal. */
  readonly onLine?: (line: string) => void;
}

/** Runs a TypeScript file to its end; returns its exit code, 128 + n after a signal. */
export async function runFile(
  file: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<number> {
  const child = spawn(process.execPath, [...END_WITH_US, file, ...args], {
    cwd: options.cwd,
    env: options.environment,
    stdio: options.onLine ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['inherit', 'inherit', 'inherit', 'ipc'],
    // A session of its own, so that Ctrl-C reaches it through us and only once.
    detached: process.platform !== 'win32',
  });
  const exited = untilExit(child);
  const said = Promise.all([
    readLines(child.stdout, options.onLine),
    readLines(child.stderr, options.onLine),
  ]);
  const interrupt = () => child.kill(options.ending.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
  if (options.ending.aborted) interrupt();
  options.ending.addEventListener('abort', interrupt);
  const { code, signal } = await exited;
  await said;
  options.ending.removeEventListener('abort', interrupt);
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** Settles when the stream has ended. */
export async function readLines(
  stream: NodeJS.ReadableStream | null,
  onLine: (line: string) => void = () => {},
): Promise<void> {
  let rest = '';
  stream?.setEncoding('utf8');
  for await (const chunk of stream ?? []) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }
  if (rest !== '') onLine(rest);
}
