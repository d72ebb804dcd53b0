// A process id alone lies: after a crash it may belong to somebody else. Together with the start time it does not.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** `<pid>:<start time>` of a running process, or undefined when no such process runs. */
export function identifyProcess(pid: number): string | undefined {
  const startedAt = findStartTime(pid);
  return startedAt === undefined ? undefined : `${pid}:${startedAt}`;
}

/** Whether the process that `identity` was taken of still runs. */
export function isSameProcess(identity: string): boolean {
  const pid = Number.parseInt(identity, 10);
  return Number.isInteger(pid) && identifyProcess(pid) === identity;
}

/** The command line of a running process, or undefined where none runs or the system does not tell. */
export function findCommandLine(pid: number): string | undefined {
  if (process.platform === 'linux') {
    return readProcFile(pid, 'cmdline')?.replaceAll('\0', ' ');
  }
  return process.platform === 'win32' ? undefined : askPs(pid, 'args=');
}

function findStartTime(pid: number): string | undefined {
  if (process.platform === 'linux') return findStartTimeInProc(pid);
  if (process.platform === 'win32') return isAlive(pid) ? 'running' : undefined;
  return askPs(pid, 'lstart=')?.replaceAll(/[\s:]+/g, '-');
}

function findStartTimeInProc(pid: number): string | undefined {
  const stat = readProcFile(pid, 'stat');
  // The name of the program stands in brackets and may hold spaces and brackets itself: count from the last one.
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  if (state === undefined || state === 'Z' || state === 'X') return undefined;
  return fields[18];
}

function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}

function askPs(pid: number, column: string): string | undefined {
  try {
    const answer = execFileSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
    return answer.trim() === '' ? undefined : answer.trim();
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
