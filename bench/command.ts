/** Runs one program pinned to a core, and tells what it printed and the CPU time that it and its children took. */
import { spawn, spawnSync } from 'node:child_process';

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** User and system time, in microseconds, to the millisecond that bash tells. */
  readonly cpuUs: number;
}

const mark = 'cpu-seconds';
const running = new Set<ReturnType<typeof spawn>>();

export function isOnPath(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v "$0"`, program], { stdio: 'ignore' }).status === 0;
}

/** Throws a sentence with the end of stderr when the program fails and `acceptFailure` is not set. */
export async function runPinned(
  core: number | string,
  command: readonly string[],
  options: {
    timeoutMs: number;
    acceptFailure?: boolean;
    env?: Record<string, string>;
    /** Told the process group of the program once it runs. */
    onStart?: (group: number) => void;
  },
): Promise<CommandResult> {
  const script = `TIMEFORMAT='${mark} %U %S'; time taskset -c ${core} "$@"`;
  const child = spawn('bash', ['-c', script, 'bash', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...options.env },
  });
  running.add(child);
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const timer = setTimeout(() => endGroup(child.pid), options.timeoutMs);
  const [stdout, stderr, code] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  clearTimeout(timer);
  running.delete(child);
  if (code !== 0 && options.acceptFailure !== true) {
    throw new Error(`${command.join(' ')} ended with ${code}: ${stderr.slice(-600)}`);
  }
  return { stdout, stderr, cpuUs: readCpuUs(stderr) };
}

/** Ends what still runs, with its children. */
export function endRunning(): void {
  for (const child of running) endGroup(child.pid);
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

function readCpuUs(stderr: string): number {
  const match = stderr.match(new RegExp(`${mark} ([0-9.]+) ([0-9.]+)`));
  return match === null ? Number.NaN : (Number(match[1]) + Number(match[2])) * 1e6;
}
